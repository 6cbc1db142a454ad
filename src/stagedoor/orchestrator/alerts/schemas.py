"""The vendor's words around alerts, and what a caller sends to raise one."""

from dataclasses import dataclass
from enum import IntEnum

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.fields import find_enum, get_required, get_text

TEXT_LENGTH_MAX = 512


class Severity(IntEnum):
    """How bad it is."""

    INFO = 0
    SUCCESS = 1
    WARN = 2
    ERROR = 3
    FATAL = 4


SEVERITY = EnumType(
    "AlertSeverity",
    {
        "Info": Severity.INFO,
        "Success": Severity.SUCCESS,
        "Warn": Severity.WARN,
        "Error": Severity.ERROR,
        "Fatal": Severity.FATAL,
    },
)
COMPONENT = EnumType(
    "AlertComponent",
    {
        word: number
        for number, word in enumerate(
            (
                "Robots",
                "Transactions",
                "Schedules",
                "Jobs",
                "Process",
                "Tasks",
                "Queues",
                "Folders",
                "PersonalWorkspaces",
                "TestAutomation",
                "Insights",
                "CloudRobots",
                "ConnectedTriggers",
                "Serverless",
                "Export",
                "RateLimits",
                "AutopilotForRobots",
                "Webhooks",
            )
        )
    },
)
STATE = EnumType("UserNotificationState", {"Unread": 0, "Read": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessAlert:
    """An alert that a process raises about itself."""

    message: str
    severity: int
    robot_name: str
    process_name: str


def read_process_alert(body: Body) -> ProcessAlert:
    """Read an alert to raise; every field is needed."""
    return ProcessAlert(
        message=get_text(body, "Message", length_max=TEXT_LENGTH_MAX),
        severity=get_required(find_enum(body, "Severity", SEVERITY), "Severity"),
        robot_name=get_text(body, "RobotName", length_max=TEXT_LENGTH_MAX),
        process_name=get_text(body, "ProcessName", length_max=TEXT_LENGTH_MAX),
    )
