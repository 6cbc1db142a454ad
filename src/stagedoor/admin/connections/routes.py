"""``/connections``: list, make, show, remove, try out, and give new secrets.

What waits for a remote server runs on threads of its own, and holds no transaction meanwhile.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from stagedoor.access.methods import ManagementAbility
from stagedoor.admin.connections.schemas import (
    AuthorizeAddress,
    AuthorizeOrder,
    ConnectionItem,
    ConnectionOrder,
    DiscoveryOrder,
    NewSecretOrder,
    TrialReport,
)
from stagedoor.admin.connections.service import ConnectionDesk, code_of, exchanged
from stagedoor.admin.connections.trials import Trials
from stagedoor.admin.pages import LIMIT_DEFAULT, Cursor, Limit, Page, page_of
from stagedoor.admin.steps import who_may
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work
from stagedoor.kit.secret import Secret
from stagedoor.kit.threads import WorkerThreads

Reader = Annotated[Visitor, Depends(who_may(ManagementAbility.CONNECTION_READ))]
Changer = Annotated[Visitor, Depends(who_may(ManagementAbility.CONNECTION_CHANGE))]
Unmap = Annotated[bool, Query(description="Send its tenants to the embedded Orchestrator first.")]


def build_routes(connections: ConnectionDesk, trials: Trials, work: Work, threads: WorkerThreads) -> APIRouter:
    """Return the room's routes."""
    router = APIRouter(tags=["connections"])

    def create(visitor: Visitor, order: ConnectionOrder) -> ConnectionItem:
        plan = connections.plan(visitor, order)
        with work.read() as session:
            connections.verify(session, visitor, order, plan)
        plan = connections.exchange(connections.settle(plan))
        # The refresh token that a code gave cannot be had again: it is stored before anything else can go wrong.
        with work.write() as session:
            entry = connections.keep(session, visitor, plan)
        connections.sign_in(entry.id)
        with work.write() as session:
            connections.place(session, visitor, plan, entry)
        with work.read() as session:
            return connections.get_connection(session, visitor, entry.id)

    def set_secret(visitor: Visitor, word: str, order: NewSecretOrder) -> ConnectionItem:
        with work.read() as session:
            connection_id, sign_in = connections.secret_of(session, visitor, word, order)
        code = code_of(order)
        if code is not None:
            secret = exchanged(sign_in, code)
        else:
            secret = Secret(order.secret.get_secret_value() if order.secret is not None else "")
        with work.write() as session:
            connections.set_secret(session, visitor, connection_id, secret)
        connections.sign_in(connection_id)
        with work.read() as session:
            return connections.get_connection(session, visitor, connection_id)

    def test(visitor: Visitor, word: str) -> TrialReport:
        with work.read() as session:
            sign_in = trials.subject_of(session, visitor, word)
        report = trials.test(sign_in)
        with work.write() as session:
            trials.note_test(session, visitor, sign_in, report)
        return report

    def discover(visitor: Visitor, order: DiscoveryOrder) -> TrialReport:
        report = trials.discover(visitor, order)
        with work.write() as session:
            trials.note_discovery(session, visitor, report)
        return report

    @router.get("/connections")
    def list_connections(visitor: Reader, limit: Limit = LIMIT_DEFAULT, cursor: Cursor = None) -> Page[ConnectionItem]:
        """List the connections of the organization, by name."""
        with work.read() as session:
            items = connections.list_connections(session, visitor)
        return page_of(items, limit=limit, cursor=cursor, cursor_of=lambda item: item.id)

    @router.post("/connections", status_code=201)
    async def create_connection(visitor: Changer, order: ConnectionOrder) -> ConnectionItem:
        """Connect an Orchestrator and sign in to it. `sign_in` tells whether that went well; it is kept in any case."""
        return await threads.run(create, visitor, order)

    @router.post("/connections/discover")
    async def discover_connection(visitor: Changer, order: DiscoveryOrder) -> TrialReport:
        """Try a connection out and keep nothing."""
        return await threads.run(discover, visitor, order)

    @router.post("/connections/authorize-url")
    async def begin_authorization(visitor: Changer, order: AuthorizeOrder) -> AuthorizeAddress:
        """Begin the sign-in of a person (code + PKCE): open the address, and bring the code to `POST /connections`."""
        return await threads.run(trials.begin_authorization, visitor, order)

    @router.get("/connections/{connection}")
    def get_connection(visitor: Reader, connection: str) -> ConnectionItem:
        """Show one connection, by name or id."""
        with work.read() as session:
            return connections.get_connection(session, visitor, connection)

    @router.delete("/connections/{connection}", status_code=204)
    def delete_connection(visitor: Changer, connection: str, unmap: Unmap = False) -> None:
        """Remove a connection, its secret and its tokens; refused while a tenant is mapped to it."""
        with work.write() as session:
            connections.remove(session, visitor, connection, unmap=unmap)

    @router.post("/connections/{connection}/secret")
    async def set_connection_secret(visitor: Changer, connection: str, order: NewSecretOrder) -> ConnectionItem:
        """Sign in again with a new secret, in place of the old one."""
        return await threads.run(set_secret, visitor, connection, order)

    @router.post("/connections/{connection}/test")
    async def test_connection(visitor: Changer, connection: str) -> TrialReport:
        """Try a connection out: each step in plain words, and what the remote side will refuse to it."""
        return await threads.run(test, visitor, connection)

    return router
