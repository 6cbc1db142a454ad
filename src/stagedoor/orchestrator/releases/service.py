"""Making a package runnable in a folder, and moving it from version to version."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import InvalidRequest, NameInUse, NotFound
from stagedoor.orchestrator.field_changes import UNSET, apply_changes
from stagedoor.orchestrator.package_feeds.service import Feed, Purpose, feed_of_folder, tenant_feed
from stagedoor.orchestrator.package_files.arguments import list_arguments
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
    *,
    feed_id: str | None = None,
) -> Release:
    """Make a package runnable in a folder, at a version or at the latest.

    The package comes from the folder's own feed where it has one, else from the tenant's; ``feed_id`` names one of
    the two. Raises :class:`NotFound` for a package that they do not have, :class:`NameInUse` for a name that the
    folder has in any letter case and :class:`InvalidRequest` for an entry point that the package does not have.
    """
    feeds = _feeds_of(session, author.tenant_id, folder, feed_id)
    package = _get_package(session, author.tenant_id, process_key, process_version, feeds)
    _verify_name_is_free(session, folder.id, changes.name)
    now = author.clock.now()
    release = Release(
        tenant_id=author.tenant_id,
        key=random_guid(author.chance),
        folder_id=folder.id,
        created_at=now,
        creator_user_number=author.user_number,
    )
    _choose_entry_point(release, package, changes)
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
    is_moving = process_version not in (None, release.process_version)
    if is_moving:
        package = _get_package(session, release.tenant_id, release.process_key, process_version, [_feed_of(release)])
    else:
        package = release.package
    _choose_entry_point(release, package, changes)
    apply_changes(release, changes)
    _point_at(release, package)
    _sign(release, author)
    session.flush()
    if is_moving:
        store.add_version(session, _version_of(release, author))


def move_to_version(session: Session, release: Release, process_version: str, author: Author) -> None:
    """Run another version of the same package; raises :class:`NotFound` if the feed does not have it."""
    if process_version == release.process_version:
        return
    package = _get_package(session, release.tenant_id, release.process_key, process_version, [_feed_of(release)])
    _point_at(release, package)
    _sign(release, author)
    store.add_version(session, _version_of(release, author))


def move_to_latest(session: Session, release: Release, author: Author) -> None:
    """Run the latest version that the feed has."""
    latest = get_latest(session, release.tenant_id, release.process_key, _feed_of(release))
    move_to_version(session, release, latest.version, author)


def roll_back(session: Session, release: Release, author: Author) -> None:
    """Return to the version before the current one, which is forgotten; raises :class:`NoEarlierVersion`."""
    versions = store.list_versions(session, release)
    if len(versions) < 2:
        raise NoEarlierVersion
    current, previous = versions[:2]
    feeds = [_feed_of(release)]
    _point_at(release, _get_package(session, release.tenant_id, release.process_key, previous.version_number, feeds))
    _sign(release, author)
    release.current_version_id = previous.id
    store.delete_version(session, current)


def delete_release(session: Session, release: Release) -> None:
    """Delete a release; raises :class:`~stagedoor.orchestrator.errors.Conflict` while jobs refer to it."""
    store.delete_release(session, release)


def follow_package(session: Session, package: Package, author: Author) -> Sequence[Release]:
    """Move the releases that follow their package on to this version, if it is the latest; return those that moved."""
    followers = store.list_followers(session, package) if package.is_latest_version else ()
    for release in followers:
        move_to_version(session, release, package.version, author)
    return followers


def provide_in_workspace(session: Session, workspace: FolderPlace, package: Package, author: Author) -> Release | None:
    """Make a package runnable in a personal workspace and return the release, or ``None`` where it is; it follows on.

    What is in somebody's workspace is published there by that person and runs at once.
    """
    if store.runs_package(session, workspace.id, package):
        return None
    changes = ReleaseChanges(name=package.name, auto_update=True)
    return create_release(session, workspace, package.name, package.version, changes, author, feed_id=package.feed_id)


def _get_package(session: Session, tenant_id: str, name: str, version: str | None, feeds: Sequence[Feed]) -> Package:
    if version is None:
        return get_latest(session, tenant_id, name, *feeds)
    return get_package(session, tenant_id, f"{name}:{version}", *feeds)


def _feeds_of(session: Session, tenant_id: str, folder: FolderPlace, feed_id: str | None) -> list[Feed]:
    own, shared = feed_of_folder(session, tenant_id, folder.id), tenant_feed(tenant_id)
    feeds = [own] if own == shared else [own, shared]
    if feed_id is None:
        return feeds
    named = [feed for feed in feeds if feed.id == feed_id]
    if not named:
        raise NotFound(f"The folder '{folder.path}' has no feed {feed_id}.")
    return named


def _feed_of(release: Release) -> Feed:
    return Feed(release.package.feed_id, "", Purpose.PROCESSES)


def _choose_entry_point(release: Release, package: Package, changes: ReleaseChanges) -> None:
    paths = {entry.id: entry.path for entry in package.entry_points}
    if changes.entry_point_id not in (UNSET, release.entry_point_id):
        path = paths.get(changes.entry_point_id or 0)
        if path is None:
            raise _no_entry_point(package, changes.entry_point_id, "EntryPointId")
        release.entry_point_path = path
    chosen = changes.entry_point_path
    if chosen is not UNSET and chosen and chosen not in paths.values():
        raise _no_entry_point(package, chosen, "EntryPointPath")


def _no_entry_point(package: Package, named: object, field: str) -> InvalidRequest:
    return InvalidRequest(
        f"The package {package.key} has no entry point {named!r}.",
        hint="The package's EntryPoints list the places where it can be started.",
        details={"field": field},
    )


def _verify_name_is_free(session: Session, folder_id: int, name: str) -> None:
    if store.find_release_by_name(session, folder_id, name) is not None:
        raise NameInUse(f"There is a process '{name}' in this folder already.")


def _point_at(release: Release, package: Package) -> None:
    release.package = package
    release.process_key = package.name
    release.process_version = package.version
    by_path = {entry.path: entry for entry in package.entry_points}
    if release.entry_point_path not in by_path:
        # The version has no such place any more: jobs start where the package itself says.
        release.entry_point_path = None
    entry = by_path.get(release.entry_point_path or package.main_entry_point_path)
    release.entry_point_id = entry.id if entry else None
    if entry is None or entry.path == package.main_entry_point_path:
        release.arguments = {"Input": package.input_arguments, "Output": package.output_arguments}
    else:
        taken, given = list_arguments(entry.input_arguments), list_arguments(entry.output_arguments)
        release.arguments = {"Input": taken, "Output": given}


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
