"""The embedded Orchestrator as one object: every room's operations, each carried out in one transaction."""

from collections.abc import Iterable
from contextlib import ExitStack
from io import BytesIO
from types import MappingProxyType
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.changes import ChangeFeed, has_recorded_changes
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.kit.files import Files
from stagedoor.kit.logs import get_logger
from stagedoor.orchestrator.alerts.routes import routes as alerts
from stagedoor.orchestrator.app_tasks.routes import routes as app_tasks
from stagedoor.orchestrator.assets.routes import routes as assets
from stagedoor.orchestrator.attachments.files import FILES as ATTACHMENT_FILES
from stagedoor.orchestrator.attachments.routes import routes as attachments
from stagedoor.orchestrator.audit_logs.recording import record_change
from stagedoor.orchestrator.audit_logs.routes import routes as audit_logs
from stagedoor.orchestrator.buckets.files import FILES as BUCKET_FILES
from stagedoor.orchestrator.buckets.routes import routes as buckets
from stagedoor.orchestrator.business_rules.files import FILES as BUSINESS_RULE_FILES
from stagedoor.orchestrator.business_rules.routes import routes as business_rules
from stagedoor.orchestrator.calendars.routes import routes as calendars
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.credential_stores.routes import routes as credential_stores
from stagedoor.orchestrator.directory_service.routes import routes as directory_service
from stagedoor.orchestrator.documents import routes as documents
from stagedoor.orchestrator.duties import Duties, Duty, DutyCall
from stagedoor.orchestrator.environments.routes import routes as environments
from stagedoor.orchestrator.errors import Conflict, NotBuilt
from stagedoor.orchestrator.execution_media.routes import routes as execution_media
from stagedoor.orchestrator.exports.files import FILES as EXPORT_FILES
from stagedoor.orchestrator.exports.routes import routes as exports
from stagedoor.orchestrator.exports.service import DROP_OLD_EXPORTS
from stagedoor.orchestrator.file_addresses.traffic import FileRoom, FileTraffic
from stagedoor.orchestrator.folder_machines.routes import routes as folder_machines
from stagedoor.orchestrator.folder_people.routes import routes as folder_people
from stagedoor.orchestrator.folders.routes import routes as folders
from stagedoor.orchestrator.folders_navigation.routes import routes as folders_navigation
from stagedoor.orchestrator.generic_tasks.routes import routes as generic_tasks
from stagedoor.orchestrator.job_attachments.routes import routes as job_attachments
from stagedoor.orchestrator.job_triggers.routes import routes as job_triggers
from stagedoor.orchestrator.jobs.due import MOVE_JOBS
from stagedoor.orchestrator.jobs.routes import routes as jobs
from stagedoor.orchestrator.json_body import read_json_body
from stagedoor.orchestrator.libraries.routes import routes as libraries
from stagedoor.orchestrator.licensing.routes import routes as licensing
from stagedoor.orchestrator.machines.routes import routes as machines
from stagedoor.orchestrator.maintenance.routes import routes as maintenance
from stagedoor.orchestrator.organization_units.routes import routes as organization_units
from stagedoor.orchestrator.outreach import Outreach
from stagedoor.orchestrator.package_feeds.routes import routes as package_feeds
from stagedoor.orchestrator.people_changes import NobodyChanges, PeopleChanges
from stagedoor.orchestrator.personal_workspaces.routes import routes as personal_workspaces
from stagedoor.orchestrator.process_schedules.firing import FIRE_SCHEDULES
from stagedoor.orchestrator.process_schedules.routes import routes as process_schedules
from stagedoor.orchestrator.processes.routes import routes as processes
from stagedoor.orchestrator.publishing.routes import routes as publishing
from stagedoor.orchestrator.queue_definitions.routes import routes as queue_definitions
from stagedoor.orchestrator.queue_item_comments.routes import routes as queue_item_comments
from stagedoor.orchestrator.queue_item_events.routes import routes as queue_item_events
from stagedoor.orchestrator.queue_items.overdue import SETTLE_ITEMS
from stagedoor.orchestrator.queue_items.routes import routes as queue_items
from stagedoor.orchestrator.queue_processing_records.routes import routes as queue_processing_records
from stagedoor.orchestrator.queue_retention.routes import routes as queue_retention
from stagedoor.orchestrator.queue_retention.store import QUEUE_RETENTION
from stagedoor.orchestrator.queues.routes import routes as queues
from stagedoor.orchestrator.registry import Route, Routes
from stagedoor.orchestrator.release_retention.routes import routes as release_retention
from stagedoor.orchestrator.release_retention.store import RELEASE_RETENTION
from stagedoor.orchestrator.releases.routes import routes as releases
from stagedoor.orchestrator.request import OrchestratorRequest
from stagedoor.orchestrator.retention_sweep import sweep_duty
from stagedoor.orchestrator.robot_logs.routes import routes as robot_logs
from stagedoor.orchestrator.robots.routes import routes as robots
from stagedoor.orchestrator.robots_service.presence import LOSE_ROBOTS
from stagedoor.orchestrator.robots_service.routes import routes as robots_service
from stagedoor.orchestrator.roles.routes import routes as roles
from stagedoor.orchestrator.sessions.routes import routes as sessions
from stagedoor.orchestrator.settings.routes import routes as settings
from stagedoor.orchestrator.stats.routes import routes as stats
from stagedoor.orchestrator.status.routes import routes as status
from stagedoor.orchestrator.stored_files.service import SWEEP
from stagedoor.orchestrator.task_activities.routes import routes as task_activities
from stagedoor.orchestrator.task_catalogs.routes import routes as task_catalogs
from stagedoor.orchestrator.task_definitions.routes import routes as task_definitions
from stagedoor.orchestrator.task_forms.routes import routes as task_forms
from stagedoor.orchestrator.task_notes.routes import routes as task_notes
from stagedoor.orchestrator.task_retention.routes import routes as task_retention
from stagedoor.orchestrator.task_retention.store import TASK_RETENTION
from stagedoor.orchestrator.tasks.routes import routes as tasks
from stagedoor.orchestrator.tenants.routes import routes as tenants
from stagedoor.orchestrator.test_cases.routes import routes as test_cases
from stagedoor.orchestrator.test_data_queues.routes import routes as test_data_queues
from stagedoor.orchestrator.test_set_executions.routes import routes as test_set_executions
from stagedoor.orchestrator.test_set_schedules.firing import FIRE_TEST_SCHEDULES
from stagedoor.orchestrator.test_set_schedules.routes import routes as test_set_schedules
from stagedoor.orchestrator.test_sets.routes import routes as test_sets
from stagedoor.orchestrator.translations.routes import routes as translations
from stagedoor.orchestrator.uploads import Uploads, opened_uploads
from stagedoor.orchestrator.user_login_attempts.routes import routes as user_login_attempts
from stagedoor.orchestrator.users.routes import routes as users
from stagedoor.orchestrator.webhooks.delivery import DELIVER_EVENTS
from stagedoor.orchestrator.webhooks.routes import routes as webhooks

ROOMS: tuple[Routes, ...] = (
    alerts,
    app_tasks,
    assets,
    attachments,
    audit_logs,
    buckets,
    business_rules,
    calendars,
    credential_stores,
    directory_service,
    documents,
    environments,
    execution_media,
    exports,
    folder_machines,
    folder_people,
    folders,
    folders_navigation,
    generic_tasks,
    job_attachments,
    job_triggers,
    jobs,
    libraries,
    licensing,
    machines,
    maintenance,
    organization_units,
    package_feeds,
    personal_workspaces,
    process_schedules,
    processes,
    publishing,
    queue_definitions,
    queue_item_comments,
    queue_item_events,
    queue_items,
    queue_processing_records,
    queue_retention,
    queues,
    release_retention,
    releases,
    robot_logs,
    robots,
    robots_service,
    roles,
    sessions,
    settings,
    stats,
    status,
    task_activities,
    task_catalogs,
    task_definitions,
    task_forms,
    task_notes,
    task_retention,
    tasks,
    tenants,
    test_cases,
    test_data_queues,
    test_set_executions,
    test_set_schedules,
    test_sets,
    translations,
    user_login_attempts,
    users,
    webhooks,
)
"""Every room of the embedded Orchestrator; what none of them carries out is answered with 501."""

FILE_ROOMS: tuple[FileRoom, ...] = (ATTACHMENT_FILES, BUCKET_FILES, BUSINESS_RULE_FILES, EXPORT_FILES)
"""Every room whose files are read and written by addresses of their own."""

RETENTION_SWEEP = sweep_duty((QUEUE_RETENTION, RELEASE_RETENTION, TASK_RETENTION))

DUTIES: tuple[Duty, ...] = (
    MOVE_JOBS,
    LOSE_ROBOTS,
    SETTLE_ITEMS,
    FIRE_SCHEDULES,
    FIRE_TEST_SCHEDULES,
    DELIVER_EVENTS,
    DROP_OLD_EXPORTS,
    RETENTION_SWEEP,
    SWEEP,
)
"""Everything that the embedded Orchestrator does by itself; what time made due comes before what waits for it."""

_log = get_logger(__name__)

BODILESS_METHODS = frozenset({"GET", "HEAD", "DELETE"})


class Orchestrator:
    """Carry out the operations that are built, and name those that are not."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        chance: Chance,
        vault: Vault,
        *,
        changes: ChangeFeed,
        files: Files,
        outreach: Outreach | None = None,
        people: PeopleChanges | None = None,
        rooms: Iterable[Routes] = ROOMS,
        duties: Iterable[Duty] = DUTIES,
    ) -> None:
        """Open the rooms; ``changes`` delivers at once what they change that somebody holds in memory.

        ``outreach`` is how they connect to addresses that callers name; without one these may be private. ``people``
        changes people and their roles; without one nobody can.
        """
        self._database = database
        self._changes = changes
        self._clock = clock
        self._chance = chance
        self._vault = vault
        self._files = files
        self._outreach = outreach or Outreach()
        self._people = people or NobodyChanges()
        self._duties = Duties(
            duties,
            DutyCall(database=database, files=files, clock=clock, chance=chance, vault=vault, outreach=self._outreach),
        )
        self.file_traffic = FileTraffic(
            FILE_ROOMS, database=database, clock=clock, chance=chance, vault=vault, files=files
        )
        self._routes = MappingProxyType(join_routes(rooms))

    @property
    def built_operations(self) -> frozenset[str]:
        """The ids of the operations that are carried out; every other one is answered with 501."""
        return frozenset(self._routes)

    def takes_files(self, operation_id: str) -> bool:
        """Tell whether the operation's body is one or more files, which may be larger than memory should hold."""
        route = self._routes.get(operation_id)
        return route is not None and route.takes_files

    def attend_to_duties(self) -> None:
        """Do what is due in the background and in no other process's hands; blocks, for one thread at a time."""
        self._duties.attend()

    def carry_out(self, request: OrchestratorRequest) -> Answer:
        """Carry out one operation and return its answer once everything it wrote is committed.

        Blocks on the store: call it from a worker thread. Raises :class:`NotBuilt` for an operation without a
        handler, :class:`~stagedoor.orchestrator.errors.OrchestratorError` for what the vendor would refuse and
        :class:`~stagedoor.kit.errors.StoreUnavailable`; then nothing was written.
        """
        route = self._routes.get(request.operation.id)
        if route is None:
            raise NotBuilt(
                f"The embedded Orchestrator does not carry out {request.operation.id} yet.",
                hint="Point the tenant at a real Orchestrator for this operation, or ask for it to be built.",
                details={"operation": request.operation.id},
            )
        with ExitStack() as held:
            uploads = Uploads()
            if route.takes_files:
                stream = BytesIO(request.body) if isinstance(request.body, bytes) else request.body
                uploads = held.enter_context(opened_uploads(stream, request.headers.get("content-type", "")))
            if route.prepare is not None:
                route.prepare(uploads, self._files, self._chance)
            return self._carry_out(request, route, uploads)

    def _carry_out(self, request: OrchestratorRequest, route: Route, uploads: Uploads) -> Answer:
        body: Any = None
        may_have_one = route.reads_body or request.operation.method not in BODILESS_METHODS
        if isinstance(request.body, bytes) and not route.takes_files and may_have_one:
            headers = request.headers
            body = read_json_body(request.body, headers.get("content-type", ""), headers.get("content-encoding", ""))

        sessions: list[Session] = []

        def call_in(session: Session) -> Call:
            sessions.append(session)
            return Call(
                operation=request.operation,
                tenant=request.tenant,
                caller=request.caller,
                folder=request.folder,
                reach=request.reach,
                path_arguments=request.path_arguments,
                query=request.query,
                headers=request.headers,
                body=body,
                base_url=request.base_url,
                request_id=request.request_id,
                session=session,
                clock=self._clock,
                chance=self._chance,
                vault=self._vault,
                files=self._files,
                uploads=uploads,
                outreach=self._outreach,
                people=self._people,
            )

        try:
            answer = route.carry_out(self._database, call_in, record_change)
        except IntegrityError as collision:
            # Handlers look before they write; this is for two writers who looked at the same moment.
            raise Conflict(
                "Another request changed the same thing at the same time; nothing was changed by this one.",
                hint="Read it again, then decide whether to repeat the request.",
                internal=str(collision.orig),
            ) from collision
        if any(has_recorded_changes(session) for session in sessions):
            self._deliver_changes()
        return answer

    def _deliver_changes(self) -> None:
        # A caller that makes a folder names it in its next request: the door has to know it by then.
        try:
            self._changes.catch_up()
        except StoreUnavailable as failure:
            # The change itself is committed, and the feed is asked again several times a second.
            _log.warning("changes_delivered_late", internal=failure.internal)


def join_routes(rooms: Iterable[Routes]) -> dict[str, Route]:
    """Return every room's routes by operation id; raises ``ValueError`` if two rooms claim one operation."""
    joined: dict[str, Route] = {}
    for routes in rooms:
        for route in routes:
            if route.operation_id in joined:
                raise ValueError(f"two rooms carry out {route.operation_id}")
            joined[route.operation_id] = route
    return joined
