"""The vendor's operations on task definitions."""

from stagedoor.orchestrator.answers import answer_object, done
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import INT64_MAX, find_query_integer, get_body, get_number_argument
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.odata.render import show_time
from stagedoor.orchestrator.people import list_people
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.task_definitions import service, store
from stagedoor.orchestrator.task_definitions.entities import TASK_DEFINITIONS
from stagedoor.orchestrator.task_definitions.models import TaskDefinition
from stagedoor.orchestrator.task_definitions.schemas import read_definition
from stagedoor.orchestrator.task_definitions.service import Designer

routes = Routes()


@routes.reads("TaskDefinitions_Get")
def list_definitions(call: Call) -> Answer:
    """Answer the tenant's definitions."""
    return read_set(call, TASK_DEFINITIONS)


@routes.reads("TaskDefinitions_GetById")
def get_definition(call: Call) -> Answer:
    """Answer one definition by its id."""
    return read_one(call, TASK_DEFINITIONS, [store.has_id(get_number_argument(call, "key"))])


@routes.writes("TaskDefinitions_CreateTaskDefinition")
def create_definition(call: Call) -> Answer:
    """Make a definition with its first version."""
    values = read_definition(get_body(call))
    definition = service.create_definition(call.session, call.tenant.tenant_id, values, _designer(call))
    return read_one(call, TASK_DEFINITIONS, [store.has_id(definition.id)], status=201)


@routes.writes("TaskDefinitions_UpdateTaskDefinitionById")
def update_definition(call: Call) -> Answer:
    """Change a definition; other properties become a new version."""
    values = read_definition(get_body(call))
    service.update_definition(call.session, _definition_in_path(call, "key"), values, _designer(call))
    return done(call)


@routes.writes("TaskDefinitions_DeleteById")
def delete_definition(call: Call) -> Answer:
    """Delete a definition, or the one version of it that ``taskDefinitionVersion`` names."""
    definition = _definition_in_path(call, "key")
    version = find_query_integer(call, "taskDefinitionVersion", most=INT64_MAX)
    if version is None:
        service.delete_definition(call.session, definition)
    else:
        service.delete_version(call.session, definition, version)
    return Answer(status=204)


@routes.reads("TaskDefinitions_GetTaskDefinitionVersionsById")
def list_versions(call: Call) -> Answer:
    """Answer the versions of a definition, the newest first, under the vendor's spelling of their names."""
    definition = _definition_in_path(call, "id")
    versions = store.list_versions(call.session, definition.id)
    numbers = {version.creator_user_number for version in versions if version.creator_user_number is not None}
    people = list_people(call.session, call.tenant.tenant_id, numbers)
    names: dict[int | None, str] = {person.number: person.username for person in people}
    shown = [
        {
            "version": version.version,
            "creationDate": show_time(version.created_at),
            "userName": names.get(version.creator_user_number),
        }
        for version in versions
    ]
    return answer_object(
        call,
        "TaskDefintionVersionDto",
        {
            "TaskDefinitionName": definition.name,
            "TaskDefintionCurrentVersion": definition.version,
            "TaskDefintionCreationDate": show_time(definition.created_at),
            "TaskDefintionUpdationTime": show_time(definition.modified_at or definition.created_at),
            "TaskDefintionVersions": shown,
        },
    )


def _definition_in_path(call: Call, name: str) -> TaskDefinition:
    return service.get_definition(call.session, call.tenant.tenant_id, get_number_argument(call, name))


def _designer(call: Call) -> Designer:
    return Designer(call.caller.number or None, call.caller.id, call.clock, call.chance)
