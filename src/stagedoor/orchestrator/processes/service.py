"""The packages of a feed: they come, are found, are downloaded, and go when nothing runs them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import AlreadyExists, NotFound
from stagedoor.orchestrator.package_feeds.service import Feed, tenant_feed
from stagedoor.orchestrator.package_files.builder import build_package
from stagedoor.orchestrator.package_files.content import EntryPoint, NewPackage
from stagedoor.orchestrator.processes import store
from stagedoor.orchestrator.processes.errors import PackageInUse
from stagedoor.orchestrator.processes.models import Package, PackageEntryPoint
from stagedoor.orchestrator.processes.version_order import version_order
from stagedoor.orchestrator.stored_files import service as stored_files
from stagedoor.orchestrator.stored_files.models import StoredFile


def create_package(
    session: Session,
    tenant_id: str,
    new: NewPackage,
    *,
    clock: Clock,
    feed: Feed | None = None,
    file: StoredFile | None = None,
) -> Package:
    """Put a package version into a feed, the tenant's of processes unless another is given.

    ``file`` is its kept file. Raises :class:`AlreadyExists` if the version is there.
    """
    feed = feed or tenant_feed(tenant_id)
    _verify_version_is_new(session, tenant_id, feed, new.name, new.version)
    key = f"{new.name}:{new.version}"
    package = Package(
        tenant_id=tenant_id,
        feed_id=feed.id,
        key=key,
        key_folded=store.fold_key(tenant_id, feed.id, key),
        name=new.name,
        name_folded=new.name.casefold(),
        title=new.title or new.name,
        version=new.version,
        description=new.description,
        authors=new.authors,
        owners=new.owners,
        summary=new.summary,
        release_notes=new.release_notes,
        tags=new.tags,
        project_url=new.project_url,
        license_url=new.license_url,
        icon_url=new.icon_url,
        package_type=new.package_type,
        target_framework=new.target_framework,
        main_entry_point_path=new.main_entry_point_path,
        requires_user_interaction=new.requires_user_interaction,
        is_attended=new.is_attended,
        is_conversational=new.is_conversational,
        is_compiled=new.is_compiled,
        input_arguments=new.input_arguments,
        output_arguments=new.output_arguments,
        published_at=clock.now(),
        file_name=file.name if file else None,
        file_size=file.size if file else None,
        entry_points=[
            PackageEntryPoint(
                tenant_id=tenant_id,
                unique_id=entry.unique_id,
                path=entry.path,
                input_arguments=entry.input_arguments,
                output_arguments=entry.output_arguments,
            )
            for entry in new.all_entry_points
        ],
    )
    store.add_package(session, package)
    _mark_latest(session, tenant_id, feed.id, new.name)
    return package


def get_package(session: Session, tenant_id: str, key: str, *feeds: Feed) -> Package:
    """Return the package version of this key from the first of the feeds that has it; raises :class:`NotFound`.

    Without feeds it is the tenant's feed of processes.
    """
    for feed in feeds or (tenant_feed(tenant_id),):
        package = store.find_package(session, tenant_id, feed.id, key)
        if package is not None:
            return package
    raise NotFound(f"The package {key[:256]} was not found.")


def get_latest(session: Session, tenant_id: str, name: str, *feeds: Feed) -> Package:
    """Return the latest version of a package from the first feed that has one; raises :class:`NotFound`."""
    for feed in feeds or (tenant_feed(tenant_id),):
        package = store.find_latest(session, tenant_id, feed.id, name)
        if package is not None:
            return package
    raise NotFound(f"The package {name[:128]} was not found.")


def delete_package(session: Session, tenant_id: str, key: str, feed: Feed) -> None:
    """Take a version, or every version where ``key`` names none, out of a feed, with their files.

    Raises :class:`NotFound`, and :class:`PackageInUse` while a release runs one of them; then none goes.
    """
    packages = _list_named(session, tenant_id, key, feed)
    used = store.find_one_in_use(session, packages)
    if used is not None:
        raise PackageInUse(f"The package {used.key} cannot be deleted while a process uses it.")
    stored_files.release(session, *[package.file_name for package in packages if package.file_name])
    for package in packages:
        store.delete_package(session, package)
    _mark_latest(session, tenant_id, feed.id, packages[0].name)


def build_file(package: Package) -> bytes:
    """Return the file of a package that came without one, such as the first process of a new tenant."""
    return build_package(
        name=package.name,
        version=package.version,
        authors=package.authors or package.name,
        description=package.description or package.title,
        main=package.main_entry_point_path,
        entry_points=[
            EntryPoint(
                path=entry.path,
                unique_id=entry.unique_id,
                input_arguments=entry.input_arguments,
                output_arguments=entry.output_arguments,
            )
            for entry in package.entry_points
        ],
    )


def _verify_version_is_new(session: Session, tenant_id: str, feed: Feed, name: str, version: str) -> None:
    """Raise :class:`AlreadyExists` where the feed has this version, however it is written (1.0 is 1.0.0)."""
    order = version_order(version)
    for there in store.list_versions(session, tenant_id, feed.id, name):
        if version_order(there.version) == order:
            raise AlreadyExists(f"The package {there.key} already exists.")


def _list_named(session: Session, tenant_id: str, key: str, feed: Feed) -> Sequence[Package]:
    if ":" in key:
        return [get_package(session, tenant_id, key, feed)]
    packages = store.list_versions(session, tenant_id, feed.id, key)
    if not packages:
        raise NotFound(f"The package {key[:128]} was not found.")
    return packages


def _mark_latest(session: Session, tenant_id: str, feed_id: str, name: str) -> None:
    versions = store.list_versions(session, tenant_id, feed_id, name)
    latest = max(versions, key=lambda package: version_order(package.version), default=None)
    for package in versions:
        package.is_latest_version = package is latest
    session.flush()
