"""Finding the test cases of packages: written down before anybody looks.

A package lists its test cases in its project. One that lists none, such as a Python package, has each of its entry
points for a test case, so that whatever runs as a job can be run as a test.
"""

from pathlib import PurePosixPath
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from stagedoor.kit.clock import Clock
from stagedoor.kit.files import FileMissing, Files
from stagedoor.kit.logs import get_logger
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.package_files.errors import PackageRefused
from stagedoor.orchestrator.package_files.listed_cases import ListedCase, read_listed_cases
from stagedoor.orchestrator.processes.models import Package
from stagedoor.orchestrator.processes.version_order import version_order
from stagedoor.orchestrator.registry import Settlement
from stagedoor.orchestrator.test_cases import store
from stagedoor.orchestrator.test_cases.models import CaseDefinition

AT_ONCE = 100

_log = get_logger(__name__)


def read_new_packages(session: Session, tenant_id: str, *, files: Files, clock: Clock) -> None:
    """Write down the test cases of every package of the tenant that was not read before."""
    while packages := store.list_unread(session, tenant_id, limit=AT_ONCE):
        for package in packages:
            if store.claim(session, package):
                for case in _list_cases(package, files):
                    _write_down(session, package, case, clock)
        session.flush()


def _list_cases(package: Package, files: Files) -> tuple[ListedCase, ...]:
    listed: tuple[ListedCase, ...] = ()
    if package.file_name is not None:
        try:
            with files.open(package.file_name) as stream:
                listed = read_listed_cases(stream)
        except (FileMissing, PackageRefused) as unreadable:
            # One damaged file must not keep the test cases of all other packages from everybody.
            _log.warning("package_without_cases", package=package.key, failure=type(unreadable).__name__)
    if listed:
        return listed
    line = f"{package.tenant_id}/{package.feed_id}/{package.name_folded}"
    return tuple(
        ListedCase(entry.unique_id or str(uuid5(NAMESPACE_URL, f"{line}/{entry.path}")), entry.path)
        for entry in package.entry_points
    )


def _write_down(session: Session, package: Package, case: ListedCase, clock: Clock) -> None:
    definition = store.find_of_package(session, package, case.unique_id)
    if definition is None:
        definition = CaseDefinition(
            tenant_id=package.tenant_id,
            feed_id=package.feed_id,
            package_name=package.name,
            package_folded=package.name_folded,
            unique_id=case.unique_id,
            name=PurePosixPath(case.path).stem or case.path,
            created_version=package.version,
            created_at=clock.now(),
        )
        store.add_definition(session, definition)
    else:
        definition.modified_at = clock.now()
    if "-" in package.version.partition("+")[0]:
        definition.latest_prerelease_version = _later(definition.latest_prerelease_version, package.version)
    else:
        definition.latest_version = _later(definition.latest_version, package.version)
    store.add_version(session, definition, package, case.path)


def _later(one: str | None, other: str) -> str:
    return other if one is None or version_order(one) < version_order(other) else one


def _has_unread(call: Call) -> bool:
    return store.has_unread(call.session, call.tenant.tenant_id)


def _settle(call: Call) -> None:
    read_new_packages(call.session, call.tenant.tenant_id, files=call.files, clock=call.clock)


NEW_PACKAGES = Settlement(_has_unread, _settle)
