"""Making a package runnable in a folder, and moving it from version to version."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import NameInUse, NotFound
from stagedoor.orchestrator.field_changes import UNSET, apply_changes
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.processes.service import get_latest, get_package
from stagedoor.orchestrator.releases import store
from stagedoor.orchestrator.releases.errors import NoEarlierVersion
from stagedoor.orchestrator.releases.models import Release, ReleaseVersion
from stagedoor.orchestrator.releases.schemas import ReleaseChanges
from stagedoor.passage import FolderPlace, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changes something in which tenant, by the vendor's number, with the clock and chance of the call."""

    tenant_id: str
    clock: Clock
    chance: Chance
    user_number: int | None = None


def get_release(session: Session, folder: FolderPlace, release_id: int) -> Release:
    """Return the release; raises :class:`NotFound` if it is not in this folder."""
    release = store.find_release(session, folder.id, release_id)
    if release is None:
        raise NotFound(f"The process {release_id} was not found in the folder '{folder.path}'.")
    return release


def get_release_by_key(session: Session, folder: FolderPlace, release_key: str) -> Release:
    """Return the release with this key; raises :class:`NotFound` if it is not in this folder."""
    release = store.find_release_by_key(session, folder.id, release_key)
    if release is None:
        raise NotFound(f"The process {release_key} was not found in the folder '{folder.path}'.")
    return release


def get_release_anywhere(session: Session, tenant_id: str, release_key: str, reach: Reach) -> Release:
    """Return the release with this key in any folder within reach; raises :class:`NotFound`."""
    release = store.find_release_anywhere(session, tenant_id, release_key, reach)
    if release is None:
        raise NotFound(f"The process {release_key} was not found.")
    return release


def create_release(
    session: Session,
    folder: FolderPlace,
    process_key: str,
    process_version: str | None,
    changes: ReleaseChanges,
    author: Author,
) -> Release:
    """Make a package runnable in a folder, at a version or at the latest.

    Raises :class:`NotFound` for a package that the tenant's feed does not have and :class:`NameInUse` for a name that
    the folder has in any letter case.
    """
    package = _get_package(session, author.tenant_id, process_key, process_version)
    _verify_name_is_free(session, folder.id, changes.name)
    now = author.clock.now()
    release = Release(
        tenant_id=author.tenant_id,
        key=random_guid(author.chance),
        folder_id=folder.id,
        created_at=now,
        creator_user_number=author.user_number,
    )
    apply_changes(release, changes)
    _point_at(release, package)
    store.add_release(session, release)
    store.add_version(session, _version_of(release, author))
    return release


def update_release(
    session: Session, release: Release, changes: ReleaseChanges, process_version: str | None, author: Author
) -> None:
    """Change what ``changes`` set, and move to ``process_version`` if one is named; raises as creation does."""
    if changes.name is not UNSET and changes.name.casefold() != release.name_folded:
        _verify_name_is_free(session, release.folder_id, changes.name)
    apply_changes(release, changes)
    _sign(release, author)
    session.flush()
    if process_version is not None:
        move_to_version(session, release, process_version, author)


def move_to_version(session: Session, release: Release, process_version: str, author: Author) -> None:
    """Run another version of the same package; raises :class:`NotFound` if the feed does not have it."""
    if process_version == release.process_version:
        return
    _point_at(release, _get_package(session, release.tenant_id, release.process_key, process_version))
    _sign(release, author)
    store.add_version(session, _version_of(release, author))


def move_to_latest(session: Session, release: Release, author: Author) -> None:
    """Run the latest version that the feed has."""
    latest = get_latest(session, release.tenant_id, release.process_key)
    move_to_version(session, release, latest.version, author)


def roll_back(session: Session, release: Release, author: Author) -> None:
    """Return to the version before the current one, which is forgotten; raises :class:`NoEarlierVersion`."""
    versions = store.list_versions(session, release)
    if len(versions) < 2:
        raise NoEarlierVersion
    current, previous = versions[:2]
    _point_at(release, _get_package(session, release.tenant_id, release.process_key, previous.version_number))
    _sign(release, author)
    release.current_version_id = previous.id
    store.delete_version(session, current)


def delete_release(session: Session, release: Release) -> None:
    """Delete a release; raises :class:`~stagedoor.orchestrator.errors.Conflict` while jobs refer to it."""
    store.delete_release(session, release)


def _get_package(session: Session, tenant_id: str, name: str, version: str | None) -> Package:
    if version is None:
        return get_latest(session, tenant_id, name)
    return get_package(session, tenant_id, f"{name}:{version}")


def _verify_name_is_free(session: Session, folder_id: int, name: str) -> None:
    if store.find_release_by_name(session, folder_id, name) is not None:
        raise NameInUse(f"There is a process '{name}' in this folder already.")


def _point_at(release: Release, package: Package) -> None:
    release.package_id = package.id
    release.process_key = package.name
    release.process_version = package.version
    release.arguments = {"Input": package.input_arguments, "Output": package.output_arguments}


def _version_of(release: Release, author: Author) -> ReleaseVersion:
    return ReleaseVersion(
        tenant_id=release.tenant_id,
        release=release,
        version_number=release.process_version,
        created_at=author.clock.now(),
    )


def _sign(release: Release, author: Author) -> None:
    release.modified_at = author.clock.now()
    release.modifier_user_number = author.user_number
