"""All SQL of test sets."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, delete, exists, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.environments.models import Environment
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.releases.models import Release, ReleaseVersion
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.test_cases.models import CaseDefinition
from stagedoor.orchestrator.test_cases.store import is_visible
from stagedoor.orchestrator.test_sets.models import CaseSet, SetArgument, SetCase, SetPackage
from stagedoor.passage import FolderPlace, Reach


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that a test set belongs to the folder."""
    return CaseSet.folder_id == folder.id


def has_id(set_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one test set."""
    return CaseSet.id == set_id


def find_set(session: Session, tenant_id: str, folder_id: int, set_id: int) -> CaseSet | None:
    """Return the test set of this id, if it is in the folder."""
    return session.scalar(
        select(CaseSet).where(CaseSet.id == set_id, CaseSet.tenant_id == tenant_id, CaseSet.folder_id == folder_id)
    )


def find_set_by_key(session: Session, tenant_id: str, folder_id: int, key: str) -> CaseSet | None:
    """Return the test set with this key, if it is in the folder."""
    return session.scalar(
        select(CaseSet).where(CaseSet.key == key, CaseSet.tenant_id == tenant_id, CaseSet.folder_id == folder_id)
    )


def add_set(session: Session, test_set: CaseSet) -> None:
    """Store a new test set."""
    session.add(test_set)
    session.flush()


def delete_set(session: Session, test_set: CaseSet) -> None:
    """Delete a test set with what belongs to it."""
    session.delete(test_set)
    session.flush()


def replace_packages(session: Session, set_id: int, packages: Sequence[SetPackage]) -> None:
    """Put other packages in the place of a set's."""
    session.execute(delete(SetPackage).where(SetPackage.set_id == set_id))
    session.add_all(packages)
    session.flush()


def replace_arguments(session: Session, set_id: int, arguments: Sequence[SetArgument]) -> None:
    """Put other arguments in the place of a set's."""
    session.execute(delete(SetArgument).where(SetArgument.set_id == set_id))
    session.add_all(arguments)
    session.flush()


def list_arguments(session: Session, set_id: int) -> Sequence[SetArgument]:
    """Return a set's arguments, by id."""
    return session.scalars(select(SetArgument).where(SetArgument.set_id == set_id).order_by(SetArgument.id)).all()


def list_cases(session: Session, set_id: int) -> Sequence[SetCase]:
    """Return a set's cases, by id."""
    return session.scalars(select(SetCase).where(SetCase.set_id == set_id).order_by(SetCase.id)).all()


def add_cases(session: Session, cases: Sequence[SetCase]) -> None:
    """Store further cases."""
    session.add_all(cases)
    session.flush()


def delete_cases(session: Session, cases: Collection[SetCase]) -> None:
    """Take cases out of their set."""
    session.execute(delete(SetCase).where(SetCase.id.in_([case.id for case in cases])))


def list_definitions(session: Session, tenant_id: str, reach: Reach, ids: Collection[int]) -> Sequence[CaseDefinition]:
    """Return those of the definitions that are there and visible."""
    conditions = [CaseDefinition.tenant_id == tenant_id, CaseDefinition.id.in_(ids), is_visible(tenant_id, reach)]
    return session.scalars(select(CaseDefinition).where(*conditions)).all()


def list_releases(session: Session, folder: FolderPlace, ids: Collection[int]) -> Sequence[Row[Release, Package]]:
    """Return those of the releases that are the folder's, each with its package."""
    return session.execute(
        select(Release, Package)
        .join(Package, Package.id == Release.package_id)
        .where(Release.folder_id == folder.id, Release.id.in_(ids))
    ).all()


def has_environment(session: Session, folder: FolderPlace, environment_id: int) -> bool:
    """Tell whether the folder has this environment."""
    there = exists().where(Environment.folder_id == folder.id, Environment.id == environment_id)
    return bool(session.scalar(select(there)))


def has_robot(session: Session, folder: FolderPlace, robot_id: int) -> bool:
    """Tell whether the folder has this robot."""
    return bool(session.scalar(select(exists().where(Robot.folder_id == folder.id, Robot.id == robot_id))))


def list_release_versions(session: Session, folder: FolderPlace, package_name: str) -> Sequence[Row[Release, str]]:
    """Return the folder's releases of a package with every version that each has had, by id."""
    return session.execute(
        select(Release, ReleaseVersion.version_number)
        .join(Package, Package.id == Release.package_id)
        .join(ReleaseVersion, ReleaseVersion.release_id == Release.id)
        .where(Release.folder_id == folder.id, Package.name_folded == package_name.casefold())
        .order_by(Release.id, ReleaseVersion.id)
    ).all()
