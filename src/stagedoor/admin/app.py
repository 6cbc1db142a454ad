"""The management API, put together: which room stands where.

An ASGI application for the paths under ``/api/stagedoor/v1``. The door has found out who calls and hands it over in
the scope: ``stagedoor.caller`` (a :class:`~stagedoor.passage.Caller` or ``None``), ``stagedoor.request_id`` and
``stagedoor.client_address``. Deny by default: without a caller nothing is answered but what :data:`OPEN_PATHS` lists.
"""

from fastapi import Depends, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from stagedoor.admin.apps import routes as apps_routes
from stagedoor.admin.apps.service import Applications
from stagedoor.admin.audit_log import routes as audit_log_routes
from stagedoor.admin.can_i import routes as can_i_routes
from stagedoor.admin.can_i.service import Questions
from stagedoor.admin.connections import routes as connections_routes
from stagedoor.admin.connections.service import ConnectionDesk
from stagedoor.admin.connections.trials import Trials
from stagedoor.admin.described import BEARER, PROBLEM_RESPONSES
from stagedoor.admin.drawn import DrawError
from stagedoor.admin.error_answers import answer_error, draw_errors
from stagedoor.admin.folders import routes as folders_routes
from stagedoor.admin.folders.service import Folders
from stagedoor.admin.keys import routes as keys_routes
from stagedoor.admin.keys.narrowing import NarrowingDesk
from stagedoor.admin.keys.service import KeyDesk
from stagedoor.admin.legacy_window import routes as legacy_window_routes
from stagedoor.admin.legacy_window.service import WindowDesk
from stagedoor.admin.makers import Makers
from stagedoor.admin.operations import routes as operations_routes
from stagedoor.admin.operations.service import OperationSearch
from stagedoor.admin.parts import AdminParts
from stagedoor.admin.personal_tokens import routes as personal_tokens_routes
from stagedoor.admin.personal_tokens.service import OwnTokens
from stagedoor.admin.places import Places
from stagedoor.admin.robot_scripts import routes as robot_scripts_routes
from stagedoor.admin.robot_scripts.service import RobotScripts
from stagedoor.admin.tenants import routes as tenants_routes
from stagedoor.admin.tenants.service import Tenants
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.user_keys import routes as user_keys_routes
from stagedoor.admin.user_keys.service import OwnUserKey
from stagedoor.admin.users import routes as users_routes
from stagedoor.admin.users.endings import Endings
from stagedoor.admin.users.service import People
from stagedoor.admin.whoami import routes as whoami_routes
from stagedoor.admin.whoami.service import Mirror
from stagedoor.admin.work import Work
from stagedoor.catalog.roles import list_roles
from stagedoor.identity.authenticators.errors import NotAuthenticated

PREFIX = "/api/stagedoor/v1"
OPEN_PATHS = frozenset({f"{PREFIX}/openapi.json", f"{PREFIX}/operations"})
"""What anybody may read: the description of this API, and the vendor's public list of operations."""


def build_admin(parts: AdminParts, draw_error: DrawError) -> FastAPI:
    """Return the application. ``draw_error`` draws every error, so that all of the house look alike."""
    app = FastAPI(
        title="Stagedoor management API",
        version="1",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=PROBLEM_RESPONSES,
    )
    app.add_middleware(_CallerNeeded, draw_error=draw_error)
    draw_errors(app, draw_error)
    work = Work(parts.database, parts.changes, parts.audit)
    trail = AdministrationTrail(parts.audit, parts.organization_directory, parts.clock)
    places = Places(parts.organization_directory, parts.folders, parts.remote_folders)
    makers = Makers(parts.judge, places)
    window = WindowDesk(parts.organizations, parts.organization_directory, parts.legacy, trail, parts.clock)
    role_names = [role.name for role in list_roles()]
    endings = Endings(parts.sign_ins, parts.personal_access_tokens, parts.users)
    people = People(parts.users, parts.organizations, endings, places, trail, parts.chance, role_names)
    own_tokens = OwnTokens(parts.personal_access_tokens, parts.users, places, makers, trail, parts.clock)
    connections = ConnectionDesk(
        parts.connections, parts.upstream_tokens, parts.organizations, places, trail, parts.organization_directory
    )
    trials = Trials(connections, parts.connections, parts.upstream_tokens, parts.catalog, trail, parts.chance)
    tenants = Tenants(parts.organizations, parts.connections, parts.upstream_tokens, places, trail, parts.base_url)
    keys = KeyDesk(parts.access_keys, parts.judge, places, makers, trail, parts.clock)
    narrowing = NarrowingDesk(parts.narrowed_keys, parts.judge, places, trail, parts.clock, parts.chance)
    app.include_router(operations_routes.build_routes(OperationSearch(parts.catalog)), prefix=PREFIX)
    for router in (
        whoami_routes.build_routes(Mirror(places, parts.judge)),
        can_i_routes.build_routes(Questions(parts.catalog, parts.judge, places, parts.clock)),
        tenants_routes.build_routes(tenants, work),
        connections_routes.build_routes(connections, trials, work, parts.trial_threads),
        folders_routes.build_routes(Folders(places, parts.judge)),
        keys_routes.build_routes(keys, narrowing, work),
        audit_log_routes.build_routes(parts.audit, work),
        legacy_window_routes.build_routes(window, parts.legacy_uses, work),
        users_routes.build_routes(people, work),
        apps_routes.build_routes(Applications(parts.applications, trail), work),
        robot_scripts_routes.build_routes(RobotScripts(places, trail), work),
        personal_tokens_routes.build_routes(own_tokens, work),
        user_keys_routes.build_routes(OwnUserKey(parts.user_keys, parts.user_directory, places, trail), work),
    ):
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(BEARER)])
    return app


class _CallerNeeded:
    """Answer 401 to whoever is not known, before anything of the request is read."""

    def __init__(self, app: ASGIApp, draw_error: DrawError) -> None:
        self._app = app
        self._draw_error = draw_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope.get("stagedoor.caller") is None and scope["path"] not in OPEN_PATHS:
            refusal = answer_error(NotAuthenticated(credential_given=False), scope, self._draw_error)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)
