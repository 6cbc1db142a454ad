"""The tables of the audit log: its rows, and the chains that they hang on."""

from datetime import datetime

from sqlalchemy import BigInteger, Float, Index, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, UtcDateTime


class AuditRow(Base):
    """One row of the log. Rows are added and read, never changed; ``id`` grows in the order in which they commit.

    ``chain`` is the chain that the row hangs on and ``link`` its keyed hash; rows from before there were chains have
    neither.
    There are no foreign keys on purpose: a row outlives the caller, the credential and the tenant that it names.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "organization_id", "id"),
        Index(None, "caller_id", "id"),
        # Refusals are few and asked for most; the index holds them alone.
        Index(
            "ix_audit_denied",
            "organization_id",
            "id",
            sqlite_where=text("verdict = 'denied'"),
            postgresql_where=text("verdict = 'denied'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    time: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str | None] = mapped_column(String(64))
    caller_kind: Mapped[str | None] = mapped_column(String(32))
    caller_id: Mapped[str | None] = mapped_column(String(64))
    caller_name: Mapped[str | None] = mapped_column(String(256))
    credential_kind: Mapped[str | None] = mapped_column(String(32))
    credential_id: Mapped[str | None] = mapped_column(String(64))
    client_address: Mapped[str | None] = mapped_column(String(64))
    organization_id: Mapped[str | None] = mapped_column(String(36))
    organization: Mapped[str | None] = mapped_column(String(64))
    tenant: Mapped[str | None] = mapped_column(String(64))
    method: Mapped[str | None] = mapped_column(String(16))
    path: Mapped[str | None] = mapped_column(String(2048))
    operation: Mapped[str | None] = mapped_column(String(128))
    folder: Mapped[str | None] = mapped_column(String(1024))
    verdict: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    sentence: Mapped[str | None] = mapped_column(String(1024))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    duration_ms: Mapped[float | None] = mapped_column(Float)
    destination: Mapped[str | None] = mapped_column(String(16))
    chain: Mapped[int | None] = mapped_column(Integer)
    link: Mapped[str | None] = mapped_column(String(32))


class AuditChain(Base):
    """One writer's chain: how many rows it has had, and the link of the last; ``after`` is the chain begun before it.

    ``pruned_rows`` of them were removed after their time, and ``anchor`` is the link of the last of those. The seals
    are made with the key of the chains, so that nobody else can say where one begins and ends.
    """

    __tablename__ = "audit_chains"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    after: Mapped[int | None] = mapped_column(Integer)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[str] = mapped_column(String(32))
    head_seal: Mapped[str] = mapped_column(String(32))
    pruned_rows: Mapped[int] = mapped_column(BigInteger)
    anchor: Mapped[str] = mapped_column(String(32))
    anchor_seal: Mapped[str] = mapped_column(String(32))
