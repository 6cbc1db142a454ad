"""The vendor's words around what jobs wait for."""

from enum import IntEnum

from stagedoor.orchestrator.entity import EnumType


class TriggerType(IntEnum):
    """What a job waits for."""

    NONE = 0
    QUEUE_ITEM = 1
    JOB = 2
    TASK = 3
    TIMER = 4
    INBOX = 5
    API = 6


class TriggerStatus(IntEnum):
    """How far the wait is."""

    NEW = 0
    READY = 1
    FIRED = 2


TRIGGER_TYPE = EnumType(
    "JobTriggerType",
    {
        "None": TriggerType.NONE,
        "QueueItem": TriggerType.QUEUE_ITEM,
        "Job": TriggerType.JOB,
        "Task": TriggerType.TASK,
        "Timer": TriggerType.TIMER,
        "Inbox": TriggerType.INBOX,
        "Api": TriggerType.API,
    },
)
TRIGGER_STATUS = EnumType(
    "JobTriggerStatus", {"New": TriggerStatus.NEW, "Ready": TriggerStatus.READY, "Fired": TriggerStatus.FIRED}
)
