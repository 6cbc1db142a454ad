"""The vendor's operations on queue definitions."""

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.events import announce_entities
from stagedoor.orchestrator.fields import (
    find_integer,
    find_query_integer,
    get_body,
    get_guid_argument,
    get_number_argument,
    get_required,
)
from stagedoor.orchestrator.folder_place import get_folder, show_accessible_folders
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.queue_definitions import service, store
from stagedoor.orchestrator.queue_definitions.entities import QUEUE_DEFINITIONS
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_definitions.schemas import SCHEMA_COLUMNS, read_queue
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.sharing import read_shares
from stagedoor.orchestrator.uploads import attachment_header
from stagedoor.orchestrator.webhooks.schemas import EventType

routes = Routes()


@routes.reads("QueueDefinitions_Get")
def list_queues(call: Call) -> Answer:
    """Answer the queues that the folder sees."""
    return read_set(call, QUEUE_DEFINITIONS, [store.in_folder(get_folder(call))])


@routes.reads("QueueDefinitions_GetQueuesAcrossFolders")
def list_queues_across_folders(call: Call) -> Answer:
    """Answer the queues of every folder within reach, but for the one that ``excludeFolderId`` names."""
    except_folder_id = find_query_integer(call, "excludeFolderId")
    within = store.within_reach(call.tenant.tenant_id, call.reach, except_folder_id=except_folder_id)
    return read_set(call, QUEUE_DEFINITIONS, [within])


@routes.reads("QueueDefinitions_GetById")
def get_queue(call: Call) -> Answer:
    """Answer one queue by its id."""
    return _answer_queue(call, get_number_argument(call, "key"))


@routes.reads("QueueDefinitions_GetQueueById")
def get_queue_by_function(call: Call) -> Answer:
    """Answer one queue by its id, as it is asked for by the function of that name."""
    return _answer_queue(call, get_number_argument(call, "id"))


def _answer_queue(call: Call, queue_id: int) -> Answer:
    return read_one(call, QUEUE_DEFINITIONS, [store.has_id(queue_id), store.in_folder(get_folder(call))])


@routes.reads("QueueDefinitions_GetByKeyByIdentifier")
def get_queue_by_key(call: Call) -> Answer:
    """Answer one queue by its key."""
    key = get_guid_argument(call, "identifier")
    return read_one(call, QUEUE_DEFINITIONS, [store.has_key(key), store.in_folder(get_folder(call))])


@routes.writes("QueueDefinitions_Post")
@routes.writes("QueueDefinitions_CreateQueue")
def create_queue(call: Call) -> Answer:
    """Make a queue."""
    values = read_queue(get_body(call))
    queue = service.create_queue(
        call.session, call.tenant.tenant_id, get_folder(call).id, values, clock=call.clock, chance=call.chance
    )
    _tell(call, EventType.QUEUE_CREATED, queue)
    return read_one(call, QUEUE_DEFINITIONS, [store.has_id(queue.id)], status=201)


@routes.writes("QueueDefinitions_PutById")
def update_queue(call: Call) -> Answer:
    """Change a queue's settings."""
    queue = _queue_in_path(call, "key")
    _update(call, queue)
    return read_one(call, QUEUE_DEFINITIONS, [store.has_id(queue.id)])


@routes.writes("QueueDefinitions_EditQueue")
def edit_queue(call: Call) -> Answer:
    """Change the settings of the queue whose ``Id`` is in the body."""
    queue_id = get_required(find_integer(get_body(call), "Id"), "Id")
    _update(call, service.get_queue(call.session, call.tenant.tenant_id, get_folder(call).id, queue_id))
    return Answer()


def _update(call: Call, queue: QueueDefinition) -> None:
    service.update_queue(call.session, queue, read_queue(get_body(call)))
    call.session.flush()
    _tell(call, EventType.QUEUE_UPDATED, queue)


@routes.writes("QueueDefinitions_DeleteById")
def delete_queue(call: Call) -> Answer:
    """Delete a queue with its items."""
    queue = _queue_in_path(call, "key")
    _tell(call, EventType.QUEUE_DELETED, queue)
    service.delete_queue(call.session, queue, call.reach)
    return Answer(status=204)


@routes.reads("QueueDefinitions_GetFoldersForQueueById")
def list_folders_of_queue(call: Call) -> Answer:
    """Answer the folders within reach that see the queue."""
    folders, total = service.list_folders(call.session, _queue_in_path(call, "id"), call.reach)
    return show_accessible_folders(call, folders, total)


@routes.reads(
    "QueueDefinitions_GetJsonSchemaDefinitionByIdAndJsonschematype",
    basis=Basis.GUESS,
    note="jsonSchemaType is SpecificData, OutputData or AnalyticsData; a queue without such a schema answers 404.",
)
def get_json_schema(call: Call) -> Answer:
    """Answer one of the schemas of a queue as a file."""
    queue = _queue_in_path(call, "key")
    asked = call.path_arguments["jsonSchemaType"]
    column = SCHEMA_COLUMNS.get(asked.lower())
    if column is None:
        raise InvalidRequest(
            "The jsonSchemaType in the path must be SpecificData, OutputData or AnalyticsData.",
            details={"field": "jsonSchemaType"},
        )
    schema = getattr(queue, column)
    if schema is None:
        raise NotFound(f"The queue {queue.name!r} has no such JSON schema.")
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": attachment_header(f"{queue.name}-{asked}.json"),
    }
    return Answer(content=schema.encode(), headers=headers)


@routes.writes("QueueDefinitions_ShareToFolders")
def share_queues(call: Call) -> Answer:
    """Let further folders see queues, or take them out of folders."""
    shares = read_shares(get_body(call), "QueueIds")
    service.share_queues(call.session, call.tenant.tenant_id, get_folder(call).id, shares, call.reach)
    return Answer(status=204)


def _queue_in_path(call: Call, name: str) -> QueueDefinition:
    queue_id = get_number_argument(call, name)
    return service.get_queue(call.session, call.tenant.tenant_id, get_folder(call).id, queue_id)


def _tell(call: Call, event_type: EventType, queue: QueueDefinition) -> None:
    announce_entities(
        call, event_type, "Queues", QUEUE_DEFINITIONS, [store.has_id(queue.id)], folder_id=queue.folder_id
    )
