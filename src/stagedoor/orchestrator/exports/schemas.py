"""The vendor's words around exports."""

from enum import IntEnum

from stagedoor.orchestrator.entity import EnumType


class ExportKind(IntEnum):
    """What is exported; the order is the vendor's."""

    ORCHESTRATOR_AUDIT = 0
    TEST_AUTOMATION_AUDIT = 1
    QUEUES = 2
    LOGS = 3
    JOBS = 4


class ExportStatus(IntEnum):
    """How far an export is."""

    NEW = 0
    IN_PROGRESS = 1
    COMPLETED = 2
    FAILED = 3


EXPORT_TYPE = EnumType(
    "ExportType",
    {
        word: number
        for number, word in enumerate(
            (
                "OrchestratorAudit",
                "TestAutomationAudit",
                "Queues",
                "Logs",
                "Jobs",
                "Privileges",
                "RateLimitsReportQueueItems",
                "RateLimitsReportJobs",
                "AutopilotForRobotsData",
            )
        )
    },
)
EXPORT_STATUS = EnumType(
    "ExportStatus",
    {
        "New": ExportStatus.NEW,
        "InProgress": ExportStatus.IN_PROGRESS,
        "Completed": ExportStatus.COMPLETED,
        "Failed": ExportStatus.FAILED,
    },
)
