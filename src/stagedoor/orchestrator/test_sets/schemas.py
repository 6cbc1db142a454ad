"""What a caller sends of a test set."""

from collections.abc import Sequence
from dataclasses import dataclass

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_guids,
    find_integer,
    find_objects,
    find_text,
    get_required,
    get_text,
)

NAME_LENGTH_MAX = 256
PACKAGE_LENGTH_MAX = 128
VERSION_LENGTH_MAX = 50

SOURCE_TYPE = EnumType("TestSetSourceType", {"User": 0, "ExternalTool": 1, "Transient": 2})


@dataclass(frozen=True, slots=True)
class PackageChoice:
    """A package that cases are taken from."""

    identifier: str
    version_mask: str
    include_prerelease: bool = False


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """A test case, the process that runs it and the version that it is looked for in."""

    definition_id: int
    release_id: int
    version_number: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument for every case."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetValues:
    """A test set as it was sent; a list is ``None`` where nothing was said of it."""

    name: str
    description: str | None = None
    environment_id: int | None = None
    robot_id: int | None = None
    enable_coverage: bool = False
    enabled: bool = True
    packages: Sequence[PackageChoice] | None = None
    cases: Sequence[CaseChoice] | None = None
    arguments: Sequence[Argument] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseVersionRequest:
    """A request for a test set of what a version of a process holds."""

    release_id: int
    version_number: str
    unique_ids: Sequence[str] | None
    enable_coverage: bool
    mask_build_version: bool


def read_set_values(body: Body) -> SetValues:
    """Read a test set; raises ``InvalidRequest`` naming the field that is wrong."""
    packages = find_objects(body, "Packages")
    cases = find_objects(body, "TestCases")
    arguments = find_objects(body, "InputArguments")
    return SetValues(
        name=get_text(body, "Name", length_max=NAME_LENGTH_MAX),
        description=find_text(body, "Description", length_max=500),
        environment_id=find_integer(body, "EnvironmentId") or None,
        robot_id=find_integer(body, "RobotId") or None,
        enable_coverage=bool(find_boolean(body, "EnableCoverage")),
        enabled=find_boolean(body, "Enabled") is not False,
        packages=None if packages is None else [_read_package(each) for each in packages],
        cases=None if cases is None else [_read_case(each) for each in cases],
        arguments=None if arguments is None else [_read_argument(each) for each in arguments],
    )


def read_release_version(body: Body) -> ReleaseVersionRequest:
    """Read a request for a test set of a version of a process."""
    return ReleaseVersionRequest(
        release_id=get_required(find_integer(body, "releaseId"), "releaseId"),
        version_number=get_text(body, "versionNumber", length_max=VERSION_LENGTH_MAX),
        unique_ids=find_guids(body, "testCaseUniqueIds") or None,
        enable_coverage=bool(find_boolean(body, "enableCoverage")),
        mask_build_version=bool(find_boolean(body, "maskBuildVersion")),
    )


def _read_package(body: Body) -> PackageChoice:
    return PackageChoice(
        get_text(body, "PackageIdentifier", length_max=PACKAGE_LENGTH_MAX),
        get_text(body, "VersionMask", length_max=VERSION_LENGTH_MAX),
        bool(find_boolean(body, "IncludePrerelease")),
    )


def _read_case(body: Body) -> CaseChoice:
    return CaseChoice(
        get_required(find_integer(body, "DefinitionId"), "DefinitionId"),
        get_required(find_integer(body, "ReleaseId"), "ReleaseId"),
        get_text(body, "VersionNumber", length_max=VERSION_LENGTH_MAX),
        find_boolean(body, "Enabled") is not False,
    )


def _read_argument(body: Body) -> Argument:
    return Argument(
        get_text(body, "Name", length_max=256),
        get_text(body, "Type", length_max=512),
        get_required(find_text(body, "Value", length_max=10_000), "Value"),
    )
