"""The vendor's operations on webhooks."""

import orjson

from stagedoor.orchestrator.answers import answer_object, answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import get_body, get_number_argument
from stagedoor.orchestrator.odata.metadata import NAMESPACE
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.webhooks import service, store
from stagedoor.orchestrator.webhooks.entities import WEBHOOKS
from stagedoor.orchestrator.webhooks.models import Webhook
from stagedoor.orchestrator.webhooks.schemas import SUBSCRIBABLE, read_changes, read_webhook

CUSTOM_BYTES_MAX = 64 * 1024

routes = Routes()


@routes.reads(
    "Webhooks_Get",
    basis=Basis.RECORDED,
    note="As the vendor's API guide prints it, but for the Secret, which the vendor shows and Stagedoor does not.",
)
def list_webhooks(call: Call) -> Answer:
    """Answer the tenant's webhooks, without their secrets."""
    return read_set(call, WEBHOOKS)


@routes.reads("Webhooks_GetById")
def get_webhook(call: Call) -> Answer:
    """Answer one webhook, without its secret."""
    return read_one(call, WEBHOOKS, [store.has_id(get_number_argument(call, "key"))])


@routes.writes(
    "Webhooks_Post",
    note=(
        "The secret is shown to nobody. What cannot be delivered is tried again after 10 seconds and a minute; "
        "then the webhook pauses for an hour, as the vendor's documentation says of the first failure."
    ),
)
def create_webhook(call: Call) -> Answer:
    """Make a webhook."""
    webhook = service.create_webhook(call, read_webhook(get_body(call)))
    return read_one(call, WEBHOOKS, [store.has_id(webhook.id)], status=201)


@routes.writes(
    "Webhooks_PutById",
    note="A secret that is not sent stays; an empty one ends it. A change ends the pause of a failing webhook.",
)
def replace_webhook(call: Call) -> Answer:
    """Change a webhook, sent whole."""
    webhook = _webhook(call)
    service.update_webhook(call, webhook, read_webhook(get_body(call)))
    return read_one(call, WEBHOOKS, [store.has_id(webhook.id)])


@routes.writes("Webhooks_PatchById", note="Only the fields that are sent change; an empty secret ends it.")
def change_webhook(call: Call) -> Answer:
    """Change some of a webhook."""
    webhook = _webhook(call)
    service.update_webhook(call, webhook, read_changes(get_body(call)))
    return read_one(call, WEBHOOKS, [store.has_id(webhook.id)])


@routes.writes("Webhooks_DeleteById")
def delete_webhook(call: Call) -> Answer:
    """Delete a webhook; what it had yet to hear of is not sent."""
    store.delete_webhook(call.session, _webhook(call))
    return Answer(status=204)


@routes.writes("Webhooks_PingById", note="The ping is sent within seconds after the answer.")
def ping_webhook(call: Call) -> Answer:
    """Send a ping to a webhook, whatever it has subscribed to."""
    return _accepted(answer_object(call, "PingEventDto", service.ping(call, _webhook(call))))


@routes.reads(
    "Webhooks_GetEventTypes",
    note="robot.status can be subscribed to and does not happen. The fields of events are those of the API.",
)
def list_event_types(call: Call) -> Answer:
    """Answer the event types that a webhook can subscribe to."""
    types = [{"Name": event_type, "Group": event_type.group} for event_type in SUBSCRIBABLE]
    return answer_value(call, f"Collection({NAMESPACE}.WebhookEventTypeDto)", types)


@routes.writes("Webhooks_TriggerCustom", note="The whole body is the event's EventData.")
def trigger_custom(call: Call) -> Answer:
    """Send an event of the caller's own to the webhooks that listen for ``custom``."""
    data = get_body(call).plain()
    if len(orjson.dumps(data)) > CUSTOM_BYTES_MAX:
        raise InvalidRequest(f"A custom event may have {CUSTOM_BYTES_MAX} bytes of JSON.")
    return _accepted(answer_object(call, "CustomEventDto", service.trigger_custom(call, data)))


def _webhook(call: Call) -> Webhook:
    return service.get_webhook(call, get_number_argument(call, "key"))


def _accepted(answer: Answer) -> Answer:
    return Answer(202, answer.content)
