"""What may be done with test sets; each within one folder of one tenant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.test_cases.store import list_in_version
from stagedoor.orchestrator.test_sets import store
from stagedoor.orchestrator.test_sets.models import CaseSet, SetArgument, SetCase, SetPackage
from stagedoor.orchestrator.test_sets.schemas import (
    NAME_LENGTH_MAX,
    SOURCE_TYPE,
    CaseChoice,
    PackageChoice,
    ReleaseVersionRequest,
    SetValues,
)
from stagedoor.passage import FolderPlace, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes test sets, in which tenant and folder, and when."""

    tenant_id: str
    folder: FolderPlace
    reach: Reach
    user_number: int | None
    clock: Clock
    chance: Chance


def get_set(session: Session, tenant_id: str, folder: FolderPlace, set_id: int) -> CaseSet:
    """Return a test set of the folder, or raise ``NotFound``."""
    test_set = store.find_set(session, tenant_id, folder.id, set_id)
    if test_set is None:
        raise NotFound(f"There is no test set {set_id} in this folder.")
    return test_set


def get_set_by_key(session: Session, tenant_id: str, folder: FolderPlace, key: str) -> CaseSet:
    """Return the test set of the folder with this key, or raise ``NotFound``."""
    test_set = store.find_set_by_key(session, tenant_id, folder.id, key)
    if test_set is None:
        raise NotFound(f"There is no test set with the key {key} in this folder.")
    return test_set


def create_set(session: Session, values: SetValues, writer: Writer, *, source: str = "User") -> CaseSet:
    """Make a test set; raises ``NotFound`` for what it names and the folder does not have."""
    _verify_named(session, values, writer)
    test_set = CaseSet(
        tenant_id=writer.tenant_id,
        folder_id=writer.folder.id,
        key=random_guid(writer.chance),
        source_type=SOURCE_TYPE.members[source],
        name=values.name,
        description=values.description,
        environment_id=values.environment_id,
        robot_id=values.robot_id,
        enable_coverage=values.enable_coverage,
        enabled=values.enabled,
        created_at=writer.clock.now(),
        creator_user_number=writer.user_number,
    )
    store.add_set(session, test_set)
    _fill(session, test_set, values, writer)
    return test_set


def update_set(session: Session, test_set: CaseSet, values: SetValues, writer: Writer) -> None:
    """Put other settings in the place of a test set's; a list that was not sent stays as it is.

    A case that is named again keeps its id. Raises ``NotFound`` for what is named and not in the folder.
    """
    _verify_named(session, values, writer)
    test_set.name = values.name
    test_set.description = values.description
    test_set.environment_id = values.environment_id
    test_set.robot_id = values.robot_id
    test_set.enable_coverage = values.enable_coverage
    test_set.enabled = values.enabled
    test_set.modified_at = writer.clock.now()
    test_set.modifier_user_number = writer.user_number
    _fill(session, test_set, values, writer)


def create_set_for_version(session: Session, request: ReleaseVersionRequest, writer: Writer) -> CaseSet:
    """Make a test set of the test cases in a version of a process, of all or of those named by their ids.

    Raises ``NotFound`` for a process that the folder does not have, a version without test cases and a case that the
    version does not hold.
    """
    found = store.list_releases(session, writer.folder, [request.release_id])
    if not found:
        raise NotFound(f"There is no release {request.release_id} in this folder.")
    release, package = found[0]
    held = [
        definition
        for definition, _ in list_in_version(
            session, writer.tenant_id, package.feed_id, package.name, request.version_number
        )
    ]
    if not held:
        raise NotFound(f"The version {request.version_number} of {package.name} holds no test case.")
    if request.unique_ids is not None:
        _verify_held(request.unique_ids, {definition.unique_id for definition in held})
        held = [definition for definition in held if definition.unique_id in request.unique_ids]
    mask = _masked(request.version_number) if request.mask_build_version else request.version_number
    values = SetValues(
        name=f"{release.name}_{request.version_number}"[:NAME_LENGTH_MAX],
        enable_coverage=request.enable_coverage,
        packages=[PackageChoice(package.name, mask)],
        cases=[CaseChoice(definition.id, release.id, request.version_number) for definition in held],
    )
    return create_set(session, values, writer, source="ExternalTool")


def list_release_versions(
    session: Session, folder: FolderPlace, package_name: str, version: str | None
) -> list[tuple[int, str]]:
    """Return the folder's releases of a package with the version of each, of one version where that is named.

    Raises ``NotFound`` where no release runs the package.
    """
    found = store.list_release_versions(session, folder, package_name)
    if not found:
        raise NotFound(f"No process of this folder runs the package {package_name[:100]!r}.")
    if version is None:
        return list(dict.fromkeys((release.id, release.process_version) for release, _ in found))
    had = {(release.id, number) for release, number in found if number.lower() == version.lower()}
    return sorted(had)


def _masked(version: str) -> str:
    numbers = version.partition("-")[0].split(".")
    return ".".join([*numbers[:-1], "*"]) if len(numbers) > 1 else version


def _verify_held(wanted: Collection[str], held: Collection[str]) -> None:
    missing = sorted(set(wanted) - set(held))
    if missing:
        raise NotFound(f"The version does not hold the test case {missing[0]}.")


def _verify_named(session: Session, values: SetValues, writer: Writer) -> None:
    if values.environment_id and not store.has_environment(session, writer.folder, values.environment_id):
        raise NotFound(f"There is no environment {values.environment_id} in this folder.")
    if values.robot_id and not store.has_robot(session, writer.folder, values.robot_id):
        raise NotFound(f"There is no robot {values.robot_id} in this folder.")
    if values.cases:
        _verify_cases(session, values.cases, writer)


def _verify_cases(session: Session, cases: Sequence[CaseChoice], writer: Writer) -> None:
    ids = {case.definition_id for case in cases}
    definitions = {
        definition.id: definition for definition in store.list_definitions(session, writer.tenant_id, writer.reach, ids)
    }
    releases = {
        release.id: package
        for release, package in store.list_releases(session, writer.folder, {case.release_id for case in cases})
    }
    for case in cases:
        definition, package = definitions.get(case.definition_id), releases.get(case.release_id)
        if definition is None:
            raise NotFound(f"There is no test case definition {case.definition_id}.")
        if package is None:
            raise NotFound(f"There is no release {case.release_id} in this folder.")
        if (definition.package_folded, definition.feed_id) != (package.name_folded, package.feed_id):
            raise InvalidRequest(
                f"The release {case.release_id} runs {package.name}, and the test case {definition.name!r} is one of"
                f" {definition.package_name}.",
                details={"field": "ReleaseId"},
            )


def _fill(session: Session, test_set: CaseSet, values: SetValues, writer: Writer) -> None:
    now, user = writer.clock.now(), writer.user_number
    if values.packages is not None:
        packages = [
            SetPackage(
                tenant_id=test_set.tenant_id,
                set_id=test_set.id,
                package_identifier=each.identifier,
                version_mask=each.version_mask,
                include_prerelease=each.include_prerelease,
                created_at=now,
                creator_user_number=user,
            )
            for each in values.packages
        ]
        store.replace_packages(session, test_set.id, packages)
    if values.arguments is not None:
        arguments = [
            SetArgument(
                tenant_id=test_set.tenant_id,
                set_id=test_set.id,
                name=each.name,
                type=each.type,
                value=each.value,
                created_at=now,
                creator_user_number=user,
            )
            for each in values.arguments
        ]
        store.replace_arguments(session, test_set.id, arguments)
    if values.cases is not None:
        _replace_cases(session, test_set, values.cases, writer)
    session.flush()


def _replace_cases(session: Session, test_set: CaseSet, wanted: Sequence[CaseChoice], writer: Writer) -> None:
    there = {(case.definition_id, case.release_id): case for case in store.list_cases(session, test_set.id)}
    new: list[SetCase] = []
    for choice in wanted:
        case = there.pop((choice.definition_id, choice.release_id), None)
        if case is None:
            case = SetCase(
                tenant_id=test_set.tenant_id,
                set_id=test_set.id,
                definition_id=choice.definition_id,
                release_id=choice.release_id,
                created_at=writer.clock.now(),
                creator_user_number=writer.user_number,
            )
            new.append(case)
        case.version_number, case.enabled = choice.version_number, choice.enabled
    store.delete_cases(session, there.values())
    store.add_cases(session, new)
