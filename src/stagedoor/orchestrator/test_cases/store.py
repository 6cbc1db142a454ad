"""All SQL of test case definitions."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import within_reach
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.test_cases.models import CaseDefinition, CasePackage, CaseVersion
from stagedoor.passage import Reach

_KINDS_WITHOUT_CASES = (0, 2)
"""Packages without any project, and libraries."""


def is_visible(tenant_id: str, reach: Reach) -> ColumnElement[bool]:
    """Return the condition that a definition's feed is the tenant's, or that of a folder within reach."""
    folders = select(Folder.key).where(Folder.tenant_id == tenant_id, *within_reach(tenant_id, reach))
    return or_(CaseDefinition.feed_id == tenant_id, CaseDefinition.feed_id.in_(folders))


def is_first_of_its_name(tenant_id: str) -> ColumnElement[bool]:
    """Return the condition that picks one definition of those in several feeds."""
    first = select(func.min(CaseDefinition.id)).where(CaseDefinition.tenant_id == tenant_id)
    return CaseDefinition.id.in_(first.group_by(CaseDefinition.unique_id, CaseDefinition.package_folded))


def has_unread(session: Session, tenant_id: str) -> bool:
    """Tell whether the tenant has a package that was not read for its test cases."""
    return bool(session.scalar(select(exists(_unread(tenant_id)))))


def list_unread(session: Session, tenant_id: str, *, limit: int) -> Sequence[Package]:
    """Return packages that were not read for their test cases, in the order in which they came."""
    return session.scalars(_unread(tenant_id).order_by(Package.id).limit(limit)).all()


def claim(session: Session, package: Package) -> bool:
    """Note that a package is read by this transaction; false where another one has read it at the same moment."""
    try:
        with session.begin_nested():
            session.add(CasePackage(package_id=package.id))
    except IntegrityError:
        return False
    return True


def find_of_package(session: Session, package: Package, unique_id: str) -> CaseDefinition | None:
    """Return the definition of this id in a package's line of versions."""
    return session.scalar(
        select(CaseDefinition).where(
            CaseDefinition.tenant_id == package.tenant_id,
            CaseDefinition.feed_id == package.feed_id,
            CaseDefinition.package_folded == package.name_folded,
            CaseDefinition.unique_id == unique_id,
        )
    )


def add_definition(session: Session, definition: CaseDefinition) -> None:
    """Store a new definition."""
    session.add(definition)
    session.flush()


def add_version(session: Session, definition: CaseDefinition, package: Package, path: str) -> None:
    """Note that a version of the package holds a test case."""
    session.add(CaseVersion(definition_id=definition.id, package_id=package.id, path=path))


def find_definition(
    session: Session, tenant_id: str, reach: Reach, unique_id: str, package_name: str | None
) -> CaseDefinition | None:
    """Return the first definition of this id, of one package where that is named."""
    wanted = select(CaseDefinition).where(
        CaseDefinition.tenant_id == tenant_id,
        CaseDefinition.unique_id == unique_id,
        is_visible(tenant_id, reach),
    )
    if package_name:
        wanted = wanted.where(CaseDefinition.package_folded == package_name.casefold())
    return session.scalar(wanted.order_by(CaseDefinition.id).limit(1))


def list_in_version(
    session: Session, tenant_id: str, feed_id: str, package_name: str, version: str
) -> Sequence[Row[CaseDefinition, str]]:
    """Return the test cases that a version of a package holds, with the file of each, by id."""
    return session.execute(
        select(CaseDefinition, CaseVersion.path)
        .join(CaseVersion, CaseVersion.definition_id == CaseDefinition.id)
        .join(Package, Package.id == CaseVersion.package_id)
        .where(
            Package.tenant_id == tenant_id,
            Package.feed_id == feed_id,
            Package.name_folded == package_name.casefold(),
            func.lower(Package.version) == version.lower(),
        )
        .order_by(CaseDefinition.id)
    ).all()


def _unread(tenant_id: str) -> Select[Package]:
    read = exists().where(CasePackage.package_id == Package.id)
    return select(Package).where(
        Package.tenant_id == tenant_id, Package.package_type.not_in(_KINDS_WITHOUT_CASES), ~read
    )
