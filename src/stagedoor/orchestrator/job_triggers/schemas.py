"""The vendor's words around what jobs wait for, and what is sent of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import orjson

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_guid,
    find_moment,
    find_object,
    find_objects,
    get_required,
    get_text,
)

WAITS_MAX = 100
EXTERNAL_ID_LENGTH_MAX = 255


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
    """How far the wait is: ``READY`` is over before the job was suspended."""

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
EXTERNAL_TYPES = {
    word.lower(): word for word in ("DeepRag", "BatchRag", "IndexIngestion", "IxpExtraction", "IxpVsEscalation")
}
"""What lies outside of the Orchestrator and ends there; each shows as ``Api``, its own word in the configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What a job is to wait for.

    ``inbox_id`` is set where its maker chose where the payload is delivered.
    """

    type: TriggerType
    item_key: str | None = None
    due_at: datetime | None = None
    inbox_id: str | None = None
    configuration: str | None = None


def read_external(body: Body) -> Wait:
    """Read what the vendor's Python library saves before its job is suspended."""
    word = get_text(body, "type", length_max=64)
    if word.lower() not in EXTERNAL_TYPES:
        raise InvalidRequest(
            f"The type field must be one of {', '.join(EXTERNAL_TYPES.values())}.", details={"field": "type"}
        )
    return _external(EXTERNAL_TYPES[word.lower()], get_text(body, "externalId", length_max=EXTERNAL_ID_LENGTH_MAX))


def read_waits(body: Body) -> Sequence[Wait]:
    """Read ``ResumeTriggers``, which are as the vendor's runtime writes them when its program is suspended."""
    return [_read_wait(each) for each in find_objects(body, "ResumeTriggers", entries_max=WAITS_MAX) or ()]


def _read_wait(body: Body) -> Wait:
    word = get_text(body, "triggerType", length_max=64)
    if word.lower() in EXTERNAL_TYPES:
        return _external(EXTERNAL_TYPES[word.lower()], get_text(body, "itemKey", length_max=EXTERNAL_ID_LENGTH_MAX))
    number = TRIGGER_TYPE.find_number(word)
    match number:
        case TriggerType.TASK | TriggerType.JOB:
            key = get_required(find_guid(body, "itemKey"), "itemKey")
            return Wait(type=TriggerType(number), item_key=key)
        case TriggerType.TIMER:
            return Wait(type=TriggerType.TIMER, due_at=get_required(find_moment(body, "resumeTime"), "resumeTime"))
        case TriggerType.API:
            return _at_inbox(TriggerType.API, find_object(body, "apiResume"), "apiResume")
        case TriggerType.INBOX:
            return _at_inbox(TriggerType.INBOX, find_object(body, "integrationResume"), "integrationResume")
        case _:
            raise InvalidRequest(
                f"A robot's job cannot wait for {word[:64]!r}: only for Task, Job, Timer, Api, Inbox and what lies "
                "outside of the Orchestrator.",
                details={"field": "triggerType"},
            )


def _at_inbox(kind: TriggerType, resume: dict[str, object] | None, field: str) -> Wait:
    resume = get_required(resume, field)
    inbox_id = get_required(find_guid(Body(resume), "inboxId"), f"{field}.inboxId")
    asked = resume.get("request")
    said = None if asked is None else orjson.dumps(asked).decode()
    return Wait(type=kind, inbox_id=inbox_id, configuration=said)


def _external(word: str, external_id: str) -> Wait:
    return Wait(
        type=TriggerType.API,
        item_key=external_id,
        configuration=orjson.dumps({"type": word, "externalId": external_id}).decode(),
    )
