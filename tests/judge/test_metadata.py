"""``$metadata`` against the vendor's document: the same things with the same properties of the same types.

Each difference is named here, so that a new one is seen, and one that is gone is taken away.
"""

from functools import cache
from typing import Any

from odatapy.edm.csdl import CsdlComplexType, CsdlEntityType, CsdlProperty
from odatapy.edm.xml_io import XmlEdmProvider
from tests.factories.vendor_document import needs_document, read_document

from stagedoor.orchestrator.documents import ENTITY_SETS
from stagedoor.orchestrator.odata.metadata import metadata_document

pytestmark = needs_document

[CSDL] = XmlEdmProvider(metadata_document(ENTITY_SETS)).get_schemas()
TYPES: list[CsdlEntityType | CsdlComplexType] = [*CSDL.entity_types, *CSDL.complex_types]
WORDS = {enum.name: {member.name for member in enum.members} for enum in CSDL.enum_types}
OPEN = {kind.name for kind in CSDL.complex_types if kind.open_type}
PRIMITIVES = {
    "Edm.String": ("string", ""),
    "Edm.Int32": ("integer", "int32"),
    "Edm.Int64": ("integer", "int64"),
    "Edm.Boolean": ("boolean", ""),
    "Edm.Double": ("number", "double"),
    "Edm.Decimal": ("number", "double"),
    "Edm.DateTimeOffset": ("string", "date-time"),
    "Edm.Guid": ("string", "uuid"),
    "Edm.Duration": ("string", "duration"),
}

NOT_SHOWN = {
    "AssetRobotValueDto": {"RobotName", "KeyTrail"},
    "AssetUserValueDto": {"MachineName"},
    "JobDto": {"ServerlessJobType", "FpsProperties", "AutopilotForRobots", "FpsContext"},
    "MachineDto": {
        *("EndpointDetectionStatus", "RobotUsers", "ServerlessLicensingModel", "MaintenanceWindow", "VpnSettings"),
    },
    "SessionDto": {"Job", "LicenseErrorCode", "Source", "UpdateInfo", "InstallationId", "EndpointDetection"},
    "TenantDto": {"AdminPassword", "License"},
    "UserDto": {
        *("Password", "LicenseType", "RobotProvision", "UnattendedRobot", "NotificationSubscription", "UpdatePolicy"),
    },
}
"""What the document has and no answer of ours ever holds: nothing here has a value for it, or it is a secret."""

SHOWN_BESIDE = {
    "AssetDto": {"AllowDirectApiAccess"},
    "JobDto": {"FolderKey"},
    "PersonalWorkspaceDto": {"FullyQualifiedName"},
    "QueueItemDto": {"QueueDefinitionName"},
}
"""What real clients read and the document leaves out."""

NO_SUCH_NAME = {"QueueItemContent"}
"""Ours for a collection of names and values, which the document describes in place."""

OTHER_CASE = {"EnvironmentDto"}
"""The document writes its names small, and its servers and clients do not."""

PART_OF = {"SimpleUserDto": "what a list shows of a user is less than the document allows"}

OTHER_TYPE = {
    # More words than the document has, which real packages have, or the words of the neighbouring operation.
    *{"JobDto.ProcessType", "ReleaseDto.ProcessType", "TaskDto.TaskAssignmentCriteria", "TaskDto.Type"},
    # A word of a list that is told as a text.
    *{"LibraryDto.ProjectType", "ProcessDto.ProjectType", "SimpleUserDto.Type"},
    # More of the thing than the document's short form of it.
    *{"JobDto.Robot", "JobDto.Release", "QueueItemDto.Robot"},
    *{"QueueItemDto.SpecificContent", "QueueItemDto.Output", "QueueItemDto.Analytics"},
    *{"RobotDto.ExecutionSettings", "RobotWithLicenseDto.ExecutionSettings"},
    "ReleaseDto.Key",
    "QueueItemDto.RowVersion",
}
"""What has another type; a text that the document calls an address or a URI is none of them."""


@cache
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = read_document()["components"]["schemas"]
    return found


def properties_of(kind: CsdlEntityType | CsdlComplexType) -> dict[str, Any]:
    found: dict[str, Any] = schemas()[kind.name].get("properties", {})
    return found


def ours_of(kind: CsdlEntityType | CsdlComplexType) -> dict[str, Any]:
    return {each.name: each for each in (*kind.properties, *kind.navigation_properties)}


def compared() -> list[CsdlEntityType | CsdlComplexType]:
    return [kind for kind in TYPES if kind.name not in OTHER_CASE | NO_SUCH_NAME]


def test_every_type_is_one_of_the_documents() -> None:
    assert {kind.name for kind in TYPES} - schemas().keys() == NO_SUCH_NAME


def test_every_property_of_the_document_is_there() -> None:
    missing = {
        kind.name: properties_of(kind).keys() - ours_of(kind).keys()
        for kind in compared()
        if kind.name not in OPEN | PART_OF.keys()
    }
    assert {name: names for name, names in missing.items() if names} == NOT_SHOWN


def test_no_property_is_there_that_the_document_does_not_have() -> None:
    beside = {kind.name: ours_of(kind).keys() - properties_of(kind).keys() for kind in compared()}
    assert {name: names for name, names in beside.items() if names} == SHOWN_BESIDE


def test_every_property_has_the_documents_type() -> None:
    different = {
        f"{kind.name}.{name}"
        for kind in compared()
        for name, ours in ours_of(kind).items()
        if name in properties_of(kind) and not is_alike(ours, properties_of(kind)[name])
    }
    assert different == OTHER_TYPE


def is_alike(ours: CsdlProperty, theirs: dict[str, Any]) -> bool:
    """Tell whether a property of ours is what the document describes."""
    if (theirs.get("type") == "array") is not ours.collection:
        return False
    item = theirs["items"] if ours.collection else theirs
    item = item["allOf"][0] if "allOf" in item else item
    name = ours.type.rpartition(".")[2]
    if ours.type.startswith("Edm."):
        described = schemas()[item["$ref"].rpartition("/")[2]] if "$ref" in item else item
        told = described.get("format", "").removeprefix("email").removeprefix("uri")
        return "enum" not in described and PRIMITIVES.get(ours.type) == (described.get("type"), told)
    if name in WORDS:
        described = schemas()[item["$ref"].rpartition("/")[2]] if "$ref" in item else item
        return set(described.get("enum", ())) == WORDS[name]
    return bool(item.get("$ref", "").rpartition("/")[2] == name)
