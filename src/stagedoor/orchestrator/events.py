"""Telling webhooks what happened: an event is written down with the change itself, and delivered afterwards.

``webhooks`` owns who listens and the delivery. A room says what changed with :func:`announce`, or with
:func:`announce_from` where there is no call; where nobody listens that is one indexed look, and the event is not even
described.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.odata.joining import Conditions
from stagedoor.orchestrator.odata.options import QueryOptions
from stagedoor.orchestrator.odata.read import read_values
from stagedoor.orchestrator.webhooks import store
from stagedoor.orchestrator.webhooks.models import OutgoingEvent
from stagedoor.orchestrator.webhooks.schemas import EventType

Describe = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSource:
    """Where and when something happened. ``user_number`` is who did it, where it was a caller."""

    session: Session
    tenant_id: str
    at: datetime
    folder_id: int | None = None
    user_number: int | None = None
    user_key: str | None = None

    @classmethod
    def of_call(cls, call: Call, *, folder_id: int | None = None) -> "EventSource":
        """Return the source of what a call does, in the folder that it names unless another one is given."""
        return cls(
            session=call.session,
            tenant_id=call.tenant.tenant_id,
            at=call.clock.now(),
            folder_id=call.folder.id if folder_id is None and call.folder is not None else folder_id,
            user_number=call.caller.number or None,
            user_key=call.caller.id,
        )


def announce(call: Call, event_type: EventType, describe: Describe, *, folder_id: int | None = None) -> None:
    """Tell the tenant's webhooks what the call did.

    ``describe`` returns the fields of the event beside the usual ones, such as ``{"Queues": […]}``; it is called only
    if somebody listens.
    """
    announce_from(EventSource.of_call(call, folder_id=folder_id), event_type, describe)


def announce_entities(
    call: Call,
    event_type: EventType,
    field: str,
    entity_set: EntitySet,
    where: Conditions,
    *,
    folder_id: int | None = None,
) -> None:
    """Tell the tenant's webhooks what the call did to entities, shown in a list as the API shows them.

    What opens something elsewhere, such as a licence key, is left out. Of what is deleted it is told before it is.
    """
    shown = tuple(part for part in entity_set.entity_type.properties if not part.confidential)

    def describe() -> dict[str, Any]:
        return {field: read_values(call, entity_set, where, QueryOptions(select=shown, count=False))}

    announce(call, event_type, describe, folder_id=folder_id)


def announce_from(source: EventSource, event_type: EventType, describe: Describe) -> None:
    """Tell the tenant's webhooks what happened, in the transaction in which it did."""
    listeners = store.list_listening(source.session, source.tenant_id, event_type, source.at)
    if listeners:
        write_event(source, event_type, describe(), listeners)


def write_event(
    source: EventSource, event_type: EventType, fields: Mapping[str, Any], webhook_ids: list[int]
) -> OutgoingEvent:
    """Write an event down for these webhooks and return it, to be delivered by the duty."""
    usual: dict[str, Any] = {"EventTime": source.at, "TenantKey": source.tenant_id}
    if source.folder_id is not None:
        usual["OrganizationUnitId"] = source.folder_id
        usual["OrganizationUnitKey"] = store.find_folder_key(source.session, source.tenant_id, source.folder_id)
    if source.user_number is not None:
        usual["UserId"] = source.user_number
    if source.user_key is not None:
        usual["UserKey"] = source.user_key
    event = OutgoingEvent(
        tenant_id=source.tenant_id,
        type=event_type,
        body=orjson.dumps({**fields, **usual}, option=orjson.OPT_UTC_Z).decode(),
        created_at=source.at,
    )
    store.add_event(source.session, event, webhook_ids)
    return event
