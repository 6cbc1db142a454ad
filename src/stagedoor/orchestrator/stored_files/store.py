"""The SQL of stored files."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.stored_files.models import StoredFile


def add(session: Session, row: StoredFile) -> None:
    """Write a file down."""
    session.add(row)
    session.flush()


def find(session: Session, tenant_id: str, name: str) -> StoredFile | None:
    """Return a file of the tenant."""
    return session.scalar(select(StoredFile).where(StoredFile.name == name, StoredFile.tenant_id == tenant_id))


def remove(session: Session, names: Sequence[str]) -> None:
    """Write files off."""
    session.execute(delete(StoredFile).where(StoredFile.name.in_(names)))


def remove_selected(session: Session, names: Select[str | None]) -> None:
    """Write off every file that a statement names, such as all of a bucket that is deleted."""
    session.execute(delete(StoredFile).where(StoredFile.name.in_(names)))


def held_of(session: Session, names: Sequence[str]) -> frozenset[str]:
    """Return those of the names that are written down."""
    return frozenset(session.scalars(select(StoredFile.name).where(StoredFile.name.in_(names))))
