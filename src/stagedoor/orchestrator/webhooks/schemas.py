"""The vendor's event types, and what a caller sends of a webhook."""

from dataclasses import dataclass
from enum import StrEnum

from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.field_changes import UNSET
from stagedoor.orchestrator.fields import find_boolean, find_objects, find_text, get_required, get_text
from stagedoor.orchestrator.outreach import URL_LENGTH_MAX, read_url

NAME_LENGTH_MAX = 128
DESCRIPTION_LENGTH_MAX = 256
SECRET_LENGTH_MAX = 100
EVENTS_MAX = 100


class EventType(StrEnum):
    """What can happen, in the vendor's words."""

    JOB_CREATED = "job.created"
    JOB_STARTED = "job.started"
    JOB_COMPLETED = "job.completed"
    JOB_FAULTED = "job.faulted"
    JOB_STOPPED = "job.stopped"
    JOB_SUSPENDED = "job.suspended"
    PROCESS_CREATED = "process.created"
    PROCESS_UPDATED = "process.updated"
    PROCESS_DELETED = "process.deleted"
    QUEUE_CREATED = "queue.created"
    QUEUE_UPDATED = "queue.updated"
    QUEUE_DELETED = "queue.deleted"
    QUEUE_ITEM_ADDED = "queueItem.added"
    QUEUE_ITEM_STARTED = "queueItem.transactionStarted"
    QUEUE_ITEM_COMPLETED = "queueItem.transactionCompleted"
    QUEUE_ITEM_FAILED = "queueItem.transactionFailed"
    QUEUE_ITEM_ABANDONED = "queueItem.transactionAbandoned"
    ROBOT_CREATED = "robot.created"
    ROBOT_UPDATED = "robot.updated"
    ROBOT_DELETED = "robot.deleted"
    ROBOT_STATUS = "robot.status"
    SCHEDULE_CREATED = "schedule.created"
    SCHEDULE_UPDATED = "schedule.updated"
    SCHEDULE_DELETED = "schedule.deleted"
    SCHEDULE_FAILED = "schedule.failed"
    TASK_CREATED = "task.created"
    TASK_ASSIGNED = "task.assignmentChanged"
    TASK_SAVED = "task.saved"
    TASK_FORWARDED = "task.forwarded"
    TASK_COMPLETED = "task.completed"
    TASK_DELETED = "task.deleted"
    CUSTOM = "custom"
    PING = "ping"
    """Sent on request to one webhook; nobody subscribes to it."""

    @property
    def group(self) -> str:
        """What the event is about: the word in front of the dot."""
        return self.partition(".")[0]


SUBSCRIBABLE = tuple(event_type for event_type in EventType if event_type is not EventType.PING)
_BY_FOLDED_NAME = {event_type.lower(): event_type for event_type in SUBSCRIBABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChanges:
    """What a caller may set on a webhook. A field left :data:`UNSET` stays as it is; ``secret`` ``None`` ends it."""

    name: str = UNSET
    description: str | None = UNSET
    url: str = UNSET
    enabled: bool = UNSET
    subscribe_to_all_events: bool = UNSET
    allow_insecure_ssl: bool = UNSET
    events: list[str] = UNSET
    secret: Secret | None = UNSET


def read_webhook(body: Body) -> WebhookChanges:
    """Read a whole webhook; raises ``InvalidRequest`` naming the field that is wrong or missing."""
    for name in ("Enabled", "SubscribeToAllEvents", "AllowInsecureSsl"):
        get_required(find_boolean(body, name), name)
    get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    get_text(body, "Url", length_max=URL_LENGTH_MAX)
    return read_changes(body)


def read_changes(body: Body) -> WebhookChanges:
    """Read what is sent of a webhook; what is not sent stays unset.

    A secret is shown to nobody, so that whoever sends back what was shown sends none: that leaves it as it is. An empty
    one ends it.
    """
    changes = WebhookChanges(
        name=get_text(body, "Name", length_max=NAME_LENGTH_MAX) if body.get("Name") is not None else UNSET,
        description=find_text(body, "Description", length_max=DESCRIPTION_LENGTH_MAX)
        if "Description" in body
        else UNSET,
        url=_url(body) if body.get("Url") is not None else UNSET,
        enabled=_flag(body, "Enabled"),
        subscribe_to_all_events=_flag(body, "SubscribeToAllEvents"),
        allow_insecure_ssl=_flag(body, "AllowInsecureSsl"),
        events=_events(body),
        secret=_secret(body),
    )
    if changes.subscribe_to_all_events is False and changes.events == []:
        raise InvalidRequest(
            "The Events field must name an event, or SubscribeToAllEvents be true.", details={"field": "Events"}
        )
    return changes


def _flag(body: Body, name: str) -> bool:
    flag = find_boolean(body, name)
    return UNSET if flag is None else flag


def _url(body: Body) -> str:
    url = get_text(body, "Url", length_max=URL_LENGTH_MAX)
    try:
        read_url(url)
    except ValueError:
        raise InvalidRequest(
            "The Url field must be an http or https URL without a user name.",
            hint="Write names of other alphabets in their ASCII form (xn--…).",
            details={"field": "Url"},
        ) from None
    return url


def _secret(body: Body) -> Secret | None:
    written = find_text(body, "Secret", length_max=SECRET_LENGTH_MAX)
    if written is None:
        return UNSET  # type: ignore[no-any-return]  # UNSET stands in for any type
    return Secret(written) if written else None


def _events(body: Body) -> list[str]:
    entries = find_objects(body, "Events", entries_max=EVENTS_MAX)
    if entries is None:
        return UNSET  # type: ignore[no-any-return]  # UNSET stands in for any type
    names: list[str] = []
    for entry in entries:
        written = get_text(entry, "EventType", length_max=50)
        known = _BY_FOLDED_NAME.get(written.lower())
        if known is None:
            raise InvalidRequest(
                f"There is no event type {written!r}.",
                hint="Webhooks_GetEventTypes lists them.",
                details={"field": "EventType"},
            )
        names.append(known.value)
    return list(dict.fromkeys(names))
