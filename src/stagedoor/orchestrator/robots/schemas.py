"""The vendor's words around robots, and what a caller sends of one."""

from dataclasses import dataclass
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.fields import (
    find_boolean,
    find_enum,
    find_integer,
    find_object,
    find_text,
    get_text,
)

NAME_LENGTH_MAX = 19

ROBOT_TYPE = EnumType(
    "RobotType",
    {
        "NonProduction": 0,
        "Attended": 1,
        "Unattended": 2,
        "Development": 3,
        "Studio": 4,
        "RpaDeveloper": 5,
        "StudioX": 6,
        "CitizenDeveloper": 7,
        "Headless": 8,
        "StudioPro": 9,
        "RpaDeveloperPro": 10,
        "TestAutomation": 11,
        "AutomationCloud": 12,
        "Serverless": 13,
        "AutomationKit": 14,
        "ServerlessTestAutomation": 15,
        "AutomationCloudTestAutomation": 16,
        "AttendedStudioWeb": 17,
        "Hosting": 18,
        "AssistantWeb": 19,
        "ProcessOrchestration": 20,
        "AgentService": 21,
        "AppTest": 22,
        "PerformanceTest": 23,
    },
)
BESIDE_A_PERSON = frozenset(
    ROBOT_TYPE.members[word]
    for word in (
        "Attended",
        "Development",
        "Studio",
        "RpaDeveloper",
        "StudioX",
        "CitizenDeveloper",
        "StudioPro",
        "RpaDeveloperPro",
        "AutomationKit",
    )
)
"""The types of robots that work where a person sits, as attended ones do."""
HOSTING_TYPE = EnumType("RobotHostingType", {"Standard": 0, "Floating": 1})
CREDENTIAL_TYPE = EnumType(
    "CredentialType", {"Default": 0, "SmartCard": 1, "NCipher": 2, "SafeNet": 3, "NoCredential": 4}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotChanges:
    """What a caller may set on a robot. A field left :data:`UNSET` stays as it is."""

    name: str = UNSET
    username: str | None = UNSET
    external_name: str | None = UNSET
    description: str | None = UNSET
    type: int = UNSET
    hosting_type: int = UNSET
    credential_type: int = UNSET
    enabled: bool = UNSET
    limit_concurrent_execution: bool = UNSET
    execution_settings: dict[str, Any] | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineChoice:
    """Which machine the caller names, by number or by name; none of both keeps what there is."""

    machine_id: int | None = None
    machine_name: str | None = None


def read_machine_choice(body: Body) -> MachineChoice:
    """Read which machine the body names, if any."""
    return MachineChoice(
        machine_id=find_integer(body, "MachineId"), machine_name=find_text(body, "MachineName", length_max=450)
    )


def read_changes(body: Body) -> RobotChanges:
    """Read what is sent of a robot; what is not sent stays unset."""
    changes: dict[str, Any] = {}
    if body.get("Name") is not None:
        changes["name"] = get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    for name, column, length_max in (
        ("Username", "username", 100),
        ("ExternalName", "external_name", 450),
        ("Description", "description", 500),
    ):
        if name in body:
            changes[column] = find_text(body, name, length_max=length_max)
    for name, column, enum_type in (
        ("Type", "type", ROBOT_TYPE),
        ("HostingType", "hosting_type", HOSTING_TYPE),
        ("CredentialType", "credential_type", CREDENTIAL_TYPE),
    ):
        number = find_enum(body, name, enum_type)
        if number is not None:
            changes[column] = number
    for name, column in (
        ("Enabled", "enabled"),
        ("LimitConcurrentExecution", "limit_concurrent_execution"),
    ):
        flag = find_boolean(body, name)
        if flag is not None:
            changes[column] = flag
    if "ExecutionSettings" in body:
        changes["execution_settings"] = find_object(body, "ExecutionSettings")
    return RobotChanges(**changes)
