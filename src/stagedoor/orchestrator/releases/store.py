"""All SQL of releases."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import within_reach
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.releases.models import Release, ReleaseVersion
from stagedoor.passage import Reach


def find_release(session: Session, folder_id: int, release_id: int) -> Release | None:
    """Return the release, if it is in this folder."""
    return session.scalar(select(Release).where(Release.folder_id == folder_id, Release.id == release_id))


def find_release_by_key(session: Session, folder_id: int, release_key: str) -> Release | None:
    """Return the release with this key, if it is in this folder."""
    return session.scalar(select(Release).where(Release.folder_id == folder_id, Release.key == release_key.lower()))


def find_release_by_name(session: Session, folder_id: int, name: str) -> Release | None:
    """Return the folder's release of this name, in any letter case."""
    return session.scalar(
        select(Release).where(Release.folder_id == folder_id, Release.name_folded == name.strip().casefold())
    )


def find_release_anywhere(session: Session, tenant_id: str, release_key: str, reach: Reach) -> Release | None:
    """Return the release with this key, in whichever folder within reach it is."""
    return session.scalar(
        select(Release)
        .join(Folder, Folder.id == Release.folder_id)
        .where(Release.tenant_id == tenant_id, Release.key == release_key.lower(), *within_reach(tenant_id, reach))
    )


def list_followers(session: Session, package: Package) -> Sequence[Release]:
    """Return the releases that run another version of a package from the same feed and follow it to the latest."""
    other = aliased(Package)
    return session.scalars(
        select(Release)
        .join(other, other.id == Release.package_id)
        .where(
            Release.tenant_id == package.tenant_id,
            Release.auto_update.is_(True),
            other.feed_id == package.feed_id,
            other.name_folded == package.name_folded,
            other.id != package.id,
        )
        .order_by(Release.id)
    ).all()


def runs_package(session: Session, folder_id: int, package: Package) -> bool:
    """Tell whether a release of the folder runs some version of the package from the same feed."""
    other = aliased(Package)
    found = (
        select(Release.id)
        .join(other, other.id == Release.package_id)
        .where(
            Release.folder_id == folder_id,
            other.feed_id == package.feed_id,
            other.name_folded == package.name_folded,
        )
    )
    return session.scalar(found.limit(1)) is not None


def add_release(session: Session, release: Release) -> None:
    """Store a new release."""
    session.add(release)
    session.flush()


def add_version(session: Session, version: ReleaseVersion) -> None:
    """Store a version that a release moves to, and make it the current one."""
    session.add(version)
    session.flush()
    version.release.current_version_id = version.id
    session.flush()


def list_versions(session: Session, release: Release) -> Sequence[ReleaseVersion]:
    """Return the versions that a release has had, newest first."""
    return session.scalars(
        select(ReleaseVersion).where(ReleaseVersion.release_id == release.id).order_by(ReleaseVersion.id.desc())
    ).all()


def delete_version(session: Session, version: ReleaseVersion) -> None:
    """Forget a version."""
    session.delete(version)
    session.flush()


def delete_release(session: Session, release: Release) -> None:
    """Delete a release with its versions."""
    session.delete(release)
    session.flush()
