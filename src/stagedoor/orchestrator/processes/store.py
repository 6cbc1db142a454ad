"""All SQL of packages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, or_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.package_feeds.service import Feed
from stagedoor.orchestrator.processes.models import Package, PackageEntryPoint
from stagedoor.orchestrator.references import list_holding_keys


def in_feed(feed: Feed) -> ColumnElement[bool]:
    """Return the condition that the package lies in the feed."""
    return Package.feed_id == feed.id


def matches(words: str) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that the package's name or description contains the words; blank ones are in all."""
    if not words.strip():
        return ()
    in_name = Package.name_folded.contains(words.strip().casefold(), autoescape=True)
    return (in_name | Package.description.icontains(words.strip(), autoescape=True),)


def is_latest() -> ColumnElement[bool]:
    """Return the condition that the package is the latest version of its name in its feed."""
    return Package.is_latest_version.is_(True)


def is_named(name: str) -> ColumnElement[bool]:
    """Return the condition that the package has this name, in any letter case."""
    return Package.name_folded == name.casefold()


def is_in_use(package: Any = Package) -> ColumnElement[bool]:
    """Return the condition that a release runs the package; ``package`` is the model or an alias of it."""
    return or_(false(), *(exists().where(key.parent == package.id) for key in list_holding_keys("packages")))


def has_several_entry_points(package: Any = Package) -> ColumnElement[bool]:
    """Return the condition that the package can be started at more than one place."""
    of_package = PackageEntryPoint.package_id == package.id
    return select(func.count() > 1).where(of_package).correlate_except(PackageEntryPoint).scalar_subquery()


def find_package(session: Session, tenant_id: str, feed_id: str, key: str) -> Package | None:
    """Return the package version of this key (``InvoiceBot:1.0.0``) in a feed, in any letter case."""
    folded = fold_key(tenant_id, feed_id, key)
    return session.scalar(select(Package).where(Package.tenant_id == tenant_id, Package.key_folded == folded))


def find_latest(session: Session, tenant_id: str, feed_id: str, name: str) -> Package | None:
    """Return the latest version of a package in a feed."""
    conditions = (Package.tenant_id == tenant_id, Package.feed_id == feed_id, is_named(name), is_latest())
    return session.scalar(select(Package).where(*conditions))


def list_versions(session: Session, tenant_id: str, feed_id: str, name: str) -> Sequence[Package]:
    """Return every version of a package in a feed."""
    conditions = (Package.tenant_id == tenant_id, Package.feed_id == feed_id, is_named(name))
    return session.scalars(select(Package).where(*conditions).order_by(Package.id)).all()


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


def fold_key(tenant_id: str, feed_id: str, key: str) -> str:
    """Return the form that keeps a key apart from every other one of the tenant."""
    return key.casefold() if feed_id == tenant_id else f"{feed_id}/{key.casefold()}"
