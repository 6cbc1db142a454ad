"""Writing the audit: one row for each operation that changed something, in the transaction of the change itself.

What is written of a thing is what tells it from others, by a list of names: answers may show a licence key or another
thing that opens something, and the audit is read by more people than may see those.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from stagedoor.orchestrator.audit_logs import store
from stagedoor.orchestrator.audit_logs.models import AuditLog
from stagedoor.orchestrator.audit_logs.schemas import (
    ACTION,
    COMPONENT,
    USER_TYPE,
    USER_TYPES,
    action_of,
    find_component,
    service_of,
)
from stagedoor.orchestrator.call import Answer, Body, Call
from stagedoor.orchestrator.fields import INT64_MAX, read_integer

ENTITIES_MAX = 100
NAME_LENGTH_MAX = 512
TOLD = ("Id", "Key", "Name", "DisplayName", "Title", "UserName", "ReleaseName", "Type", "State", "Status", "Version")
NAMES = ("Name", "DisplayName", "Title", "UserName", "ReleaseName")


def record_change(call: Call, answer: Answer) -> None:
    """Write down what a call changed; nothing for an operation that the audit says nothing of."""
    component = find_component(call.operation)
    if component is None or answer.status >= 400:
        return
    action = action_of(call.operation)
    things = list(_things(call, answer))
    name = next((_name_of(thing) for thing in things), None)
    row = AuditLog(
        tenant_id=call.tenant.tenant_id,
        service_name=service_of(component),
        method_name=call.operation.id,
        parameters=orjson.dumps({key: value[:NAME_LENGTH_MAX] for key, value in call.path_arguments.items()}).decode(),
        executed_at=call.clock.now(),
        action=ACTION.members[action],
        component=COMPONENT.members[component],
        display_name=name,
        entity_id=next((_id_of(thing) for thing in things), None),
        operation_text=f"User {call.caller.name}: {action} {component}" + (f" {name}" if name else ""),
        user_name=call.caller.name[:NAME_LENGTH_MAX],
        user_type=USER_TYPE.members[USER_TYPES[call.caller.kind]],
        external_client_id=call.caller.client_id,
        user_number=call.caller.number,
    )
    entities: list[dict[str, object]] = [
        {
            "tenant_id": call.tenant.tenant_id,
            "entity_id": _id_of(thing),
            "entity_name": _name_of(thing),
            "action": ACTION.members[action],
            "custom_data": orjson.dumps({name: thing[name] for name in TOLD if _is_plain(thing.get(name))}).decode(),
        }
        for thing in things
    ]
    store.add_row(call.session, row, entities)


def _things(call: Call, answer: Answer) -> Iterator[Mapping[str, Any]]:
    """Yield what the call was about: what it answers, else what its path and its body name."""
    content = answer.content
    if isinstance(content, dict):
        shown = content.get("value")
        rows = shown if isinstance(shown, list) else [content]
        found = [row for row in rows[:ENTITIES_MAX] if isinstance(row, dict) and ("Id" in row or "Key" in row)]
        if found:
            yield from found
            return
    named: dict[str, Any] = {}
    if isinstance(call.body, Body):
        named = {name: call.body[name] for name in NAMES if isinstance(call.body.get(name), str)}
    key = call.path_arguments.get("key") or call.path_arguments.get("id")
    if key is not None:
        number = read_integer(key)
        named |= {"Key": key} if number is None else {"Id": number}
    if named:
        yield named


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= NAME_LENGTH_MAX
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= INT64_MAX


def _name_of(thing: Mapping[str, Any]) -> str | None:
    return next((value[:NAME_LENGTH_MAX] for name in NAMES if isinstance(value := thing.get(name), str)), None)


def _id_of(thing: Mapping[str, Any]) -> int | None:
    value = thing.get("Id")
    return value if isinstance(value, int) and _is_plain(value) else None
