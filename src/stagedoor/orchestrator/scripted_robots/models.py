"""The table of the rules that choose scripts."""

from typing import Any

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from stagedoor.kit.db import Base, JsonText


class ScriptRule(Base):
    """A script for jobs of certain processes; of several rules that fit, the one made last counts.

    ``process_pattern`` is a folded process name in which ``*`` stands for anything. ``argument_name`` set narrows the
    rule to jobs whose input has that argument with ``argument_value``.
    """

    __tablename__ = "script_rules"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), index=True)
    process_pattern: Mapped[str] = mapped_column(String(128))
    argument_name: Mapped[str | None] = mapped_column(String(128))
    argument_value: Mapped[Any] = mapped_column(JsonText, nullable=True)
    script: Mapped[dict[str, Any]] = mapped_column(JsonText)
