"""How a task definition looks in the vendor's API."""

from stagedoor.orchestrator.entity import ComplexType, Constant, EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.task_definitions.models import TaskDefinition

PROPERTIES = ComplexType(
    "TaskDefinitionPropertiesDto",
    (
        Property("version", EdmType.INT32),
        Property("schema", EdmType.STRING),
        Property("allowedActions", EdmType.STRING, collection=True),
        Property("allowedActionsForDefinition", EdmType.STRING),
        Property("taskDefinitionKey", EdmType.GUID),
        Property("creationTime", EdmType.DATE_TIME_OFFSET),
        Property("creatorUserId", EdmType.INT64),
        Property("creatorUserKey", EdmType.GUID),
        Property("id", EdmType.INT64),
    ),
)

TASK_DEFINITION = EntityType(
    "TaskDefinitionDto",
    TaskDefinition,
    (
        Property("Name", EdmType.STRING, TaskDefinition.name, nullable=False),
        Property("Key", EdmType.GUID, TaskDefinition.key, nullable=False, writable=False),
        Property("Description", EdmType.STRING, TaskDefinition.description),
        Property("Properties", PROPERTIES, TaskDefinition.current),
        Property("IsDeleted", EdmType.BOOLEAN, Constant(value=False), nullable=False, writable=False),
        Property("DeleterUserId", EdmType.INT64, writable=False),
        Property("DeletionTime", EdmType.DATE_TIME_OFFSET, writable=False),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, TaskDefinition.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, TaskDefinition.modifier_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, TaskDefinition.created_at, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, TaskDefinition.creator_user_number, writable=False),
        Property("Id", EdmType.INT64, TaskDefinition.id, nullable=False, writable=False),
    ),
)

TASK_DEFINITIONS = EntitySet("TaskDefinitions", TASK_DEFINITION)
