"""The vendor's words for what happens to items."""

from enum import IntEnum

from stagedoor.orchestrator.entity import EnumType


class EventAction(IntEnum):
    """What happened to an item."""

    CREATE = 0
    EDIT = 1
    DELETE = 2
    STATUS = 3
    RETRY = 4


EVENT_ACTION = EnumType(
    "QueueItemEventAction",
    {
        "Create": EventAction.CREATE,
        "Edit": EventAction.EDIT,
        "Delete": EventAction.DELETE,
        "Status": EventAction.STATUS,
        "Retry": EventAction.RETRY,
    },
)
