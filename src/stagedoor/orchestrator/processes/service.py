"""The tenant's feed: packages come, are found, and go when nothing runs them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import AlreadyExists, NotFound
from stagedoor.orchestrator.processes import store
from stagedoor.orchestrator.processes.errors import PackageInUse
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.processes.version_order import version_order


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPackage:
    """What a package brings along. The arguments are JSON text: a list of ``{name, type, required, hasDefault}``."""

    name: str
    version: str
    description: str | None = None
    authors: str | None = None
    input_arguments: str | None = None
    output_arguments: str | None = None


def create_package(session: Session, tenant_id: str, new: NewPackage, *, clock: Clock) -> Package:
    """Put a package version into the feed; raises :class:`AlreadyExists` if it is there."""
    key = f"{new.name}:{new.version}"
    if store.find_package(session, tenant_id, key) is not None:
        raise AlreadyExists(f"The package {key} already exists.")
    package = Package(
        tenant_id=tenant_id,
        key=key,
        key_folded=key.casefold(),
        name=new.name,
        name_folded=new.name.casefold(),
        title=new.name,
        version=new.version,
        description=new.description,
        authors=new.authors,
        input_arguments=new.input_arguments,
        output_arguments=new.output_arguments,
        published_at=clock.now(),
    )
    store.add_package(session, package)
    _mark_latest(session, tenant_id, new.name)
    return package


def get_package(session: Session, tenant_id: str, key: str) -> Package:
    """Return the package version of this key; raises :class:`NotFound`."""
    package = store.find_package(session, tenant_id, key)
    if package is None:
        raise NotFound(f"The package {key[:256]} was not found.")
    return package


def get_latest(session: Session, tenant_id: str, name: str) -> Package:
    """Return the latest version of a package; raises :class:`NotFound`."""
    package = store.find_latest(session, tenant_id, name)
    if package is None:
        raise NotFound(f"The package {name[:128]} was not found.")
    return package


def delete_package(session: Session, tenant_id: str, key: str) -> None:
    """Take a version, or every version where ``key`` names none, out of the feed.

    Raises :class:`NotFound`, and :class:`PackageInUse` while a release runs one of them; then none goes.
    """
    if ":" in key:
        packages = [get_package(session, tenant_id, key)]
    else:
        packages = [*store.list_versions(session, tenant_id, key)]
        if not packages:
            raise NotFound(f"The package {key[:128]} was not found.")
    used = store.find_one_in_use(session, packages)
    if used is not None:
        raise PackageInUse(f"The package {used.key} cannot be deleted while a process uses it.")
    for package in packages:
        store.delete_package(session, package)
    _mark_latest(session, tenant_id, packages[0].name)


def _mark_latest(session: Session, tenant_id: str, name: str) -> None:
    versions = store.list_versions(session, tenant_id, name)
    latest = max(versions, key=lambda package: version_order(package.version), default=None)
    for package in versions:
        package.is_latest_version = package is latest
    session.flush()
