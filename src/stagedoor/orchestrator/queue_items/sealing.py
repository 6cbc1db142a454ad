"""What an item carries in and out, put into its row and taken out again; in an encrypted queue it is sealed."""

from typing import Any

import orjson

from stagedoor.kit.chance import Chance
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.json_schemas import find_violation
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import verify_content_size

Content = dict[str, Any]

FIELDS = {
    "specific_content": ("SpecificContent", "specific_data_json_schema"),
    "output": ("Output", "output_data_json_schema"),
    "analytics": ("Analytics", "analytics_data_json_schema"),
}
"""The columns of contents, with the vendor's name and the column of the queue's schema for each."""


def put_content(
    item: QueueItem, column: str, content: Content | None, queue: QueueDefinition, *, vault: Vault, chance: Chance
) -> None:
    """Write a content into a row; raises ``InvalidRequest`` for one too large, or not as the queue's schema says."""
    name, schema_column = FIELDS[column]
    verify_content_size(content, name)
    schema = getattr(queue, schema_column)
    if schema is not None and (content is not None or column == "specific_content"):
        violation = find_violation(schema, content or {})
        if violation is not None:
            raise InvalidRequest(
                f"The {name} does not fit the JSON schema of the queue {queue.name!r}: {violation}.",
                details={"field": name},
            )
    sealed = None
    if queue.encrypted and content is not None:
        written = Secret(orjson.dumps(content).decode())
        sealed = vault.seal(written, context=_context(column, item.key), chance=chance)
    setattr(item, column, None if queue.encrypted else content)
    setattr(item, f"sealed_{column}", sealed)


def reveal_specific_content(call: Call, plain: Content | None, sealed: str | None, key: str) -> Content | None:
    """Return what an item carries in."""
    return _reveal(call, "specific_content", plain, sealed, key)


def reveal_output(call: Call, plain: Content | None, sealed: str | None, key: str) -> Content | None:
    """Return what an item carries out."""
    return _reveal(call, "output", plain, sealed, key)


def reveal_analytics(call: Call, plain: Content | None, sealed: str | None, key: str) -> Content | None:
    """Return what an item tells to analytics."""
    return _reveal(call, "analytics", plain, sealed, key)


def _reveal(call: Call, column: str, plain: Content | None, sealed: str | None, key: str) -> Content | None:
    if sealed is None:
        return plain
    content: Content = orjson.loads(call.vault.unseal(sealed, context=_context(column, key)).reveal())
    return content


def _context(column: str, key: str) -> str:
    return f"queue_item_{column}:{key}"
