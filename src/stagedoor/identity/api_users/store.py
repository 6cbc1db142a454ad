"""All SQL about API users and access keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from stagedoor.identity.api_users.models import AccessKey, ApiUser

ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key with its API user, as read from the store."""

    key: AccessKey
    api_user: ApiUser


@dataclass(frozen=True, slots=True)
class CheckRow:
    """The columns by which a presented key is checked and its caller named."""

    id: str
    organization_id: str
    tenant_id: str
    secret_hash: str
    allow: Sequence[str]
    folder_keys: Sequence[str] | None
    networks: Sequence[str]
    expires_at: datetime | None
    revoked_at: datetime | None
    previous_secret_hash: str | None
    previous_valid_until: datetime | None
    api_user_id: str
    api_user_name: str
    api_user_serial: int
    rate_requests: int | None
    rate_seconds: int | None
    burst: int | None
    daily_quota: int | None
    concurrency: int | None
    weight: int


CHECK_COLUMNS = (
    AccessKey.id,
    AccessKey.organization_id,
    AccessKey.tenant_id,
    AccessKey.secret_hash,
    AccessKey.allow,
    AccessKey.folder_keys,
    AccessKey.networks,
    AccessKey.expires_at,
    AccessKey.revoked_at,
    AccessKey.previous_secret_hash,
    AccessKey.previous_valid_until,
    ApiUser.id,
    ApiUser.name,
    ApiUser.serial,
    AccessKey.rate_requests,
    AccessKey.rate_seconds,
    AccessKey.burst,
    AccessKey.daily_quota,
    AccessKey.concurrency,
    AccessKey.weight,
)


def add(session: Session, row: AccessKey | ApiUser) -> None:
    """Put a new row into this transaction."""
    session.add(row)
    session.flush()


def find_api_user(session: Session, organization_id: str, name: str) -> ApiUser | None:
    """Return the organization's API user of this name."""
    return session.scalar(select(ApiUser).where(ApiUser.organization_id == organization_id, ApiUser.name == name))


def find_key(session: Session, organization_id: str, key_id: str) -> KeyRow | None:
    """Return one key of an organization."""
    row = session.execute(_with_api_user(organization_id).where(AccessKey.id == key_id)).one_or_none()
    return KeyRow(row[0], row[1]) if row else None


def key_exists(session: Session, key_id: str) -> bool:
    """Tell whether any organization has a key of this id."""
    return session.scalar(select(AccessKey.id).where(AccessKey.id == key_id)) is not None


def list_keys(
    session: Session,
    organization_id: str,
    *,
    tenant_id: str | None,
    created_by: str | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[KeyRow]:
    """Return up to ``limit`` keys, oldest first, from behind ``after`` (time made, id) on."""
    statement = _with_api_user(organization_id)
    if tenant_id is not None:
        statement = statement.where(AccessKey.tenant_id == tenant_id)
    if created_by is not None:
        statement = statement.where(AccessKey.created_by == created_by)
    if after is not None:
        made, key_id = after
        statement = statement.where(
            or_(AccessKey.created_at > made, (AccessKey.created_at == made) & (AccessKey.id > key_id))
        )
    rows = session.execute(statement.order_by(AccessKey.created_at, AccessKey.id).limit(limit))
    return [KeyRow(row[0], row[1]) for row in rows]


def all_check_rows(session: Session) -> Iterator[CheckRow]:
    """Return the checking columns of every key, a few at a time."""
    rows = session.execute(_check_columns().execution_options(yield_per=ROWS_AT_ONCE))
    return (CheckRow(*row) for row in rows)


def check_rows(session: Session, key_ids: Iterable[str]) -> Iterator[CheckRow]:
    """Return the checking columns of these keys, as far as they exist."""
    rest = iter(key_ids)
    while some := list(islice(rest, ROWS_AT_ONCE)):
        for row in session.execute(_check_columns().where(AccessKey.id.in_(some))):
            yield CheckRow(*row)


def write_last_uses(
    session: Session, last_used: Mapping[str, datetime], previous_last_used: Mapping[str, datetime]
) -> None:
    """Write when keys were last used, and those among them that were used with their previous secret.

    A later use that another process wrote stays.
    """
    for column, uses in ((AccessKey.last_used_at, last_used), (AccessKey.previous_last_used_at, previous_last_used)):
        if uses:
            later = or_(column.is_(None), column < bindparam("at"))
            statement = update(cast("Table", AccessKey.__table__)).where(AccessKey.id == bindparam("key_id"), later)
            session.execute(
                statement.values({column: bindparam("at")}),
                [{"key_id": key_id, "at": at} for key_id, at in uses.items()],
            )


def _with_api_user(organization_id: str) -> Select[AccessKey, ApiUser]:
    return (
        select(AccessKey, ApiUser)
        .join(ApiUser, ApiUser.id == AccessKey.api_user_id)
        .where(AccessKey.organization_id == organization_id)
    )


def _check_columns() -> Select[*tuple[Any, ...]]:
    return select(*CHECK_COLUMNS).join(ApiUser, ApiUser.id == AccessKey.api_user_id)
