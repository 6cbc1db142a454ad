"""The two documents that describe the service: the list of its sets, and the metadata of every type in them."""

from functools import cache

from stagedoor.orchestrator.alerts.entities import ALERTS
from stagedoor.orchestrator.assets.entities import ASSETS
from stagedoor.orchestrator.attachments.entities import ATTACHMENTS
from stagedoor.orchestrator.audit_logs.entities import AUDIT_LOGS
from stagedoor.orchestrator.buckets.entities import BUCKETS
from stagedoor.orchestrator.business_rules.entities import BUSINESS_RULES
from stagedoor.orchestrator.calendars.entities import CALENDARS
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.credential_stores.entities import CREDENTIAL_STORES
from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.environments.entities import ENVIRONMENTS
from stagedoor.orchestrator.execution_media.entities import EXECUTION_MEDIA
from stagedoor.orchestrator.folders.entities import FOLDERS
from stagedoor.orchestrator.job_triggers.entities import JOB_TRIGGERS
from stagedoor.orchestrator.jobs.entities import JOBS
from stagedoor.orchestrator.libraries.entities import LIBRARIES
from stagedoor.orchestrator.machines.entities import MACHINES
from stagedoor.orchestrator.odata.metadata import metadata_document, service_document
from stagedoor.orchestrator.organization_units.entities import ORGANIZATION_UNITS
from stagedoor.orchestrator.personal_workspaces.entities import PERSONAL_WORKSPACES
from stagedoor.orchestrator.process_schedules.entities import PROCESS_SCHEDULES
from stagedoor.orchestrator.processes.entities import PROCESSES
from stagedoor.orchestrator.queue_definitions.entities import QUEUE_DEFINITIONS
from stagedoor.orchestrator.queue_item_comments.entities import QUEUE_ITEM_COMMENTS
from stagedoor.orchestrator.queue_item_events.entities import QUEUE_ITEM_EVENTS
from stagedoor.orchestrator.queue_items.entities import QUEUE_ITEMS
from stagedoor.orchestrator.queue_retention.store import QUEUE_RETENTION
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.release_retention.store import RELEASE_RETENTION
from stagedoor.orchestrator.releases.entities import RELEASES
from stagedoor.orchestrator.robot_logs.entities import ROBOT_LOGS
from stagedoor.orchestrator.robots.entities import ROBOTS
from stagedoor.orchestrator.roles.entities import PERMISSIONS, ROLES
from stagedoor.orchestrator.sessions.entities import SESSIONS
from stagedoor.orchestrator.settings.entities import SETTINGS
from stagedoor.orchestrator.task_catalogs.entities import TASK_CATALOGS
from stagedoor.orchestrator.task_definitions.entities import TASK_DEFINITIONS
from stagedoor.orchestrator.task_retention.store import TASK_RETENTION
from stagedoor.orchestrator.tasks.entities import TASKS
from stagedoor.orchestrator.tenants.entities import TENANTS_SET
from stagedoor.orchestrator.test_cases.entities import TEST_CASE_DEFINITIONS
from stagedoor.orchestrator.test_data_queues.entities import TEST_DATA_QUEUE_ITEMS, TEST_DATA_QUEUES
from stagedoor.orchestrator.test_set_executions.entities import TEST_CASE_EXECUTIONS, TEST_SET_EXECUTIONS
from stagedoor.orchestrator.test_set_schedules.entities import TEST_SET_SCHEDULES
from stagedoor.orchestrator.test_sets.entities import TEST_SETS
from stagedoor.orchestrator.users.entities import USERS
from stagedoor.orchestrator.webhooks.entities import WEBHOOKS

ENTITY_SETS: tuple[EntitySet, ...] = (
    ALERTS,
    ASSETS,
    ATTACHMENTS,
    AUDIT_LOGS,
    BUCKETS,
    BUSINESS_RULES,
    CALENDARS,
    CREDENTIAL_STORES,
    ENVIRONMENTS,
    EXECUTION_MEDIA,
    FOLDERS,
    JOB_TRIGGERS,
    JOBS,
    LIBRARIES,
    MACHINES,
    ORGANIZATION_UNITS,
    PERMISSIONS,
    PERSONAL_WORKSPACES,
    PROCESS_SCHEDULES,
    PROCESSES,
    QUEUE_DEFINITIONS,
    QUEUE_ITEM_COMMENTS,
    QUEUE_ITEM_EVENTS,
    QUEUE_ITEMS,
    QUEUE_RETENTION.entity_set,
    RELEASE_RETENTION.entity_set,
    RELEASES,
    ROBOT_LOGS,
    ROBOTS,
    ROLES,
    SESSIONS,
    SETTINGS,
    TASK_CATALOGS,
    TASK_DEFINITIONS,
    TASK_RETENTION.entity_set,
    TASKS,
    TENANTS_SET,
    TEST_CASE_DEFINITIONS,
    TEST_CASE_EXECUTIONS,
    TEST_DATA_QUEUE_ITEMS,
    TEST_DATA_QUEUES,
    TEST_SET_EXECUTIONS,
    TEST_SET_SCHEDULES,
    TEST_SETS,
    USERS,
    WEBHOOKS,
)
"""Every set that the embedded Orchestrator offers."""

routes = Routes()


@routes.reads("ServiceDocument_Get")
def show_service_document(call: Call) -> Answer:
    """Answer the list of sets."""
    return Answer(content=service_document(call.base_url, ENTITY_SETS), headers={"OData-Version": "4.0"})


@routes.reads("Metadata_Get")
def show_metadata(call: Call) -> Answer:
    """Answer the metadata as XML."""
    return Answer(content=_metadata(), headers={"Content-Type": "application/xml", "OData-Version": "4.0"})


@cache
def _metadata() -> bytes:
    return metadata_document(ENTITY_SETS)
