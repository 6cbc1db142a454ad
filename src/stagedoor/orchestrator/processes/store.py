"""All SQL of packages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.references import list_holding_keys


def is_in_use(package: Any = Package) -> ColumnElement[bool]:
    """Return the condition that a release runs the package; ``package`` is the model or an alias of it."""
    return or_(false(), *(exists().where(key.parent == package.id) for key in list_holding_keys("packages")))


def find_package(session: Session, tenant_id: str, key: str) -> Package | None:
    """Return the package version of this key (``InvoiceBot:1.0.0``), in any letter case."""
    return session.scalar(select(Package).where(Package.tenant_id == tenant_id, Package.key_folded == key.casefold()))


def find_latest(session: Session, tenant_id: str, name: str) -> Package | None:
    """Return the latest version of a package."""
    return session.scalar(
        select(Package).where(
            Package.tenant_id == tenant_id, Package.name_folded == name.casefold(), Package.is_latest_version
        )
    )


def list_versions(session: Session, tenant_id: str, name: str) -> Sequence[Package]:
    """Return every version of a package."""
    return session.scalars(
        select(Package)
        .where(Package.tenant_id == tenant_id, Package.name_folded == name.casefold())
        .order_by(Package.id)
    ).all()


def find_one_in_use(session: Session, packages: Sequence[Package]) -> Package | None:
    """Return the first of these versions that a release runs."""
    ids = [package.id for package in packages]
    return session.scalar(select(Package).where(Package.id.in_(ids), is_in_use()).order_by(Package.id).limit(1))


def add_package(session: Session, package: Package) -> None:
    """Store a new package version."""
    session.add(package)
    session.flush()


def delete_package(session: Session, package: Package) -> None:
    """Delete a package version."""
    session.delete(package)
    session.flush()
