"""The vendor's words around machines, and what a caller sends of one."""

from dataclasses import dataclass
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.fields import INT32_MAX, find_enum, find_integer, find_text, get_object, get_text
from stagedoor.orchestrator.tags import find_tags

NAME_LENGTH_MAX = 450
LICENSE_KEY_LENGTH_MAX = 255

MACHINE_TYPE = EnumType("MachineType", {"Standard": 0, "Template": 1})
MACHINE_SCOPE = EnumType(
    "MachineScope",
    {
        "Default": 0,
        "Shared": 1,
        "PersonalWorkspace": 2,
        "Cloud": 3,
        "Serverless": 4,
        "AutomationCloudRobot": 5,
        "ElasticRobot": 6,
        "ProcessOrchestration": 7,
        "AgentService": 8,
    },
)
AUTOMATION_TYPE = EnumType("AutomationType", {"Any": 0, "Foreground": 1, "Background": 2})
UPDATE_POLICY_TYPE = EnumType(
    "UpdatePolicyType", {"None": 0, "SpecificVersion": 1, "LatestVersion": 2, "LatestPatch": 3}
)
MACHINE_TARGET_FRAMEWORK = EnumType("MachineTargetFramework", {"Any": 0, "Windows": 1, "Portable": 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineChanges:
    """What a caller may set on a machine. A field left :data:`UNSET` stays as it is."""

    name: str = UNSET
    description: str | None = UNSET
    type: int = UNSET
    scope: int = UNSET
    automation_type: int = UNSET
    target_framework: int = UNSET
    non_production_slots: int = UNSET
    unattended_slots: int = UNSET
    headless_slots: int = UNSET
    test_automation_slots: int = UNSET
    hosting_slots: int = UNSET
    app_test_slots: int = UNSET
    performance_test_slots: int = UNSET
    automation_cloud_slots: int = UNSET
    automation_cloud_test_automation_slots: int = UNSET
    update_policy: dict[str, Any] | None = UNSET
    tags: list[dict[str, Any]] = UNSET


def read_changes(body: Body) -> MachineChanges:
    """Read what is sent of a machine, beside its licence key; what is not sent stays unset."""
    changes: dict[str, Any] = {}
    if body.get("Name") is not None:
        changes["name"] = _verified_name(get_text(body, "Name", length_max=NAME_LENGTH_MAX))
    if "Description" in body:
        changes["description"] = find_text(body, "Description", length_max=500)
    for name, column, enum_type in (
        ("Type", "type", MACHINE_TYPE),
        ("Scope", "scope", MACHINE_SCOPE),
        ("AutomationType", "automation_type", AUTOMATION_TYPE),
        ("TargetFramework", "target_framework", MACHINE_TARGET_FRAMEWORK),
    ):
        number = find_enum(body, name, enum_type)
        if number is not None:
            changes[column] = number
    for name, column in (
        ("NonProductionSlots", "non_production_slots"),
        ("UnattendedSlots", "unattended_slots"),
        ("HeadlessSlots", "headless_slots"),
        ("TestAutomationSlots", "test_automation_slots"),
        ("HostingSlots", "hosting_slots"),
        ("AppTestSlots", "app_test_slots"),
        ("PerformanceTestSlots", "performance_test_slots"),
        ("AutomationCloudSlots", "automation_cloud_slots"),
        ("AutomationCloudTestAutomationSlots", "automation_cloud_test_automation_slots"),
    ):
        slots = find_integer(body, name, most=INT32_MAX)
        if slots is not None:
            changes[column] = slots
    if "UpdatePolicy" in body:
        changes["update_policy"] = _find_update_policy(body)
    if "Tags" in body:
        changes["tags"] = find_tags(body, "Tags") or []
    return MachineChanges(**changes)


def _find_update_policy(body: Body) -> dict[str, Any] | None:
    if body.get("UpdatePolicy") is None:
        return None
    policy = get_object(body, "UpdatePolicy")
    kind = find_enum(policy, "Type", UPDATE_POLICY_TYPE) or 0
    return {
        "Type": UPDATE_POLICY_TYPE.word(kind),
        "SpecificVersion": find_text(policy, "SpecificVersion", length_max=128),
    }


def _verified_name(name: str) -> str:
    if not name.isprintable():
        raise InvalidRequest("A machine's Name may not contain control characters.", details={"field": "Name"})
    return name
