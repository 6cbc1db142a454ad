"""Changes to some fields of a row: what is not mentioned stays as it is, and null is a value of its own."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from stagedoor.kit.db import Base

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

UNSET: Any = object()
"""Stands for a field that the caller did not mention."""


def apply_changes(row: Base, changes: "DataclassInstance") -> None:
    """Write every field of ``changes`` that is not :data:`UNSET` to the column of the same name.

    A name is folded along, for the column that keeps names unique without regard to case.
    """
    for part in fields(changes):
        value = getattr(changes, part.name)
        if value is UNSET:
            continue
        setattr(row, part.name, value)
        if part.name == "name":
            setattr(row, "name_folded", value.casefold())  # noqa: B010  # Base itself has no such column
