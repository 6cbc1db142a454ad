"""How a webhook looks in the vendor's API. Its secret is shown to nobody."""

from typing import Any

from stagedoor.orchestrator.entity import ComplexType, Computed, EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.webhooks.models import Webhook

WEBHOOK_EVENT = ComplexType("WebhookEventDto", (Property("EventType", EdmType.STRING, nullable=False),))


def _shown_events(events: list[str]) -> list[dict[str, Any]]:
    return [{"EventType": name} for name in events]


WEBHOOK = EntityType(
    "WebhookDto",
    Webhook,
    (
        Property("Key", EdmType.GUID, Webhook.key, writable=False),
        Property("Name", EdmType.STRING, Webhook.name, nullable=False),
        Property("Description", EdmType.STRING, Webhook.description),
        Property("Url", EdmType.STRING, Webhook.url, nullable=False),
        Property("Enabled", EdmType.BOOLEAN, Webhook.enabled, nullable=False),
        Property("Secret", EdmType.STRING, filterable=False),
        Property("SubscribeToAllEvents", EdmType.BOOLEAN, Webhook.subscribe_to_all_events, nullable=False),
        Property("AllowInsecureSsl", EdmType.BOOLEAN, Webhook.allow_insecure_ssl, nullable=False),
        Property("Events", WEBHOOK_EVENT, Computed(_shown_events, Webhook.events), collection=True),
        Property("Id", EdmType.INT64, Webhook.id, nullable=False, writable=False),
    ),
)

WEBHOOKS = EntitySet("Webhooks", WEBHOOK)
