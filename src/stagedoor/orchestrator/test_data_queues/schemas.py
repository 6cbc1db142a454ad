"""What a caller sends of a test data queue and of its items."""

from dataclasses import dataclass

import orjson

from stagedoor.orchestrator.call import Body, Call, unwrap
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_objects, find_text, get_object, get_required, get_text
from stagedoor.orchestrator.json_schemas import SCHEMA_LENGTH_MAX, verify_schema

NAME_LENGTH_MAX = 256
ITEMS_AT_ONCE_MAX = 10_000
CONTENT_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQueueValues:
    """The settings of a test data queue."""

    name: str
    description: str | None
    content_json_schema: str


def read_queue(body: Body) -> DataQueueValues:
    """Read a test data queue; raises ``InvalidRequest`` for a schema that is none."""
    schema = get_text(body, "ContentJsonSchema", length_max=SCHEMA_LENGTH_MAX)
    verify_schema(schema, "ContentJsonSchema")
    return DataQueueValues(
        name=get_text(body, "Name", length_max=NAME_LENGTH_MAX),
        description=find_text(body, "Description", length_max=500),
        content_json_schema=schema,
    )


def get_queue_name(body: Body) -> str:
    """Return the name of the queue that a request is about."""
    return get_text(body, "queueName", length_max=NAME_LENGTH_MAX)


def read_content(body: Body) -> str:
    """Return the content of the one item of a request, as JSON text."""
    return _write_content(get_object(body, "content"), "content")


def read_contents(body: Body) -> list[str]:
    """Return the contents of the items of a request, as JSON texts."""
    items = get_required(find_objects(body, "items", entries_max=ITEMS_AT_ONCE_MAX), "items")
    return [_write_content(item, "items") for item in items]


def read_item_ids(call: Call) -> list[int]:
    """Return the ids of a request whose whole body is a list of them."""
    ids = call.body
    if not isinstance(ids, list) or len(ids) > ITEMS_AT_ONCE_MAX:
        raise InvalidRequest(f"The request body must be a list of at most {ITEMS_AT_ONCE_MAX} ids.")
    if not all(isinstance(one, int) and not isinstance(one, bool) and abs(one) < 2**63 for one in ids):
        raise InvalidRequest("The request body must be a list of whole numbers.")
    return ids


def _write_content(content: Body, field: str) -> str:
    try:
        written = orjson.dumps(unwrap(content))
    except TypeError:
        # A number beyond 64 bits, or half of a surrogate pair.
        raise InvalidRequest(
            f"The {field} field holds a value that cannot be kept.", details={"field": field}
        ) from None
    if len(written) > CONTENT_BYTES_MAX:
        raise InvalidRequest(f"An item may have {CONTENT_BYTES_MAX} bytes.", details={"field": field})
    if b"\\u0000" in written:
        raise InvalidRequest(f"The {field} field contains a NUL character.", details={"field": field})
    return written.decode()
