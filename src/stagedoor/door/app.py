"""The way of a request: the chain as one list.

A request enters here and nowhere else. The entrance is the same for all; then each surface has its own way. A step
fills in its part of the :class:`~stagedoor.door.visit.Visit` or raises; what is raised becomes an answer in
``door/errors.py``, and every request leaves a row in the audit, whatever came of it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from stagedoor.door.audit_trail import record_visit
from stagedoor.door.chain.answer_publicly import answer_publicly
from stagedoor.door.chain.bound_body import bound_body
from stagedoor.door.chain.bound_head import bound_head
from stagedoor.door.chain.canonical_path import canonical_path
from stagedoor.door.chain.dispatch import dispatch
from stagedoor.door.chain.find_folder import find_folder
from stagedoor.door.chain.find_tenant import find_tenant
from stagedoor.door.chain.hand_over import hand_over
from stagedoor.door.chain.identify import identify, identify_if_possible
from stagedoor.door.chain.judge import judge
from stagedoor.door.chain.let_loopback_pages_read import let_loopback_pages_read
from stagedoor.door.chain.match_operation import match_operation
from stagedoor.door.chain.note_legacy_use import note_legacy_use
from stagedoor.door.chain.operations import answer_operations
from stagedoor.door.chain.refuse_unknown import refuse_unknown
from stagedoor.door.chain.strip_forged_headers import strip_forged_headers
from stagedoor.door.errors import dialect_of, draw_error
from stagedoor.door.request_ids import RequestIds
from stagedoor.door.surfaces import Place, Surface
from stagedoor.door.visit import Receive, Scope, Send, Step, Visit
from stagedoor.gateway.errors import CallerLeft
from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.kit.clock import stopwatch
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.logs import bound_request_id, get_logger

if TYPE_CHECKING:
    from stagedoor.door.house import House

ENTRANCE: tuple[Step, ...] = (bound_head, strip_forged_headers, canonical_path)

WAYS: Mapping[Surface, tuple[Step, ...]] = {
    Surface.ORCHESTRATOR: (
        let_loopback_pages_read,
        answer_publicly,
        identify,
        find_tenant,
        match_operation,
        note_legacy_use,
        find_folder,
        judge,
        dispatch,
    ),
    Surface.IDENTITY: (bound_body("form_body_bytes_max"), hand_over("identity")),
    Surface.MANAGEMENT: (bound_body("form_body_bytes_max"), identify_if_possible, hand_over("management")),
    Surface.CONSOLE: (bound_body("form_body_bytes_max"), hand_over("console")),
    Surface.OPERATIONS: (identify_if_possible, answer_operations),
    Surface.UNKNOWN: (refuse_unknown,),
}

_log = get_logger("stagedoor.door")


class DoorApp:
    """The ASGI application of one house."""

    def __init__(self, house: "House") -> None:
        self._house = house
        self._request_ids = RequestIds(house.chance)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._house.upkeep.live(receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"the door does not speak {scope['type']}")
        visit = Visit(
            house=self._house,
            scope=scope,
            receive=receive,
            raw_send=send,
            started=stopwatch(),
            request_id=self._request_ids.draw(),
        )
        with bound_request_id(visit.request_id):
            try:
                await _walk(visit)
            finally:
                record_visit(visit)


async def _walk(visit: Visit) -> None:
    visit.place = Place(Surface.UNKNOWN, "")
    try:
        for step in ENTRANCE:
            await step(visit)
        for step in WAYS[visit.place.surface]:
            await step(visit)
            if visit.answered:
                return
    except CallerLeft:
        visit.reason = CallerLeft.code
    except StagedoorError as error:
        await _answer_error(visit, error)
    except Exception as failure:  # noqa: BLE001  # the one place where whatever went wrong becomes a 500
        _log.exception("request_failed", failure=type(failure).__name__)
        await _answer_error(visit, StagedoorError(internal=repr(failure)))


async def _answer_error(visit: Visit, error: StagedoorError) -> None:
    visit.reason, visit.sentence = error.code, error.public
    if isinstance(error, NotAuthenticated):
        visit.refused_holder = error.holder
    if error.internal is not None:
        _log.info("request_refused", code=error.code, status=error.status, internal=error.internal)
    if visit.answered:
        # The head is out already: cutting the connection is the only honest way left to say that it went wrong.
        raise error
    drawn = draw_error(error, dialect_of(visit.place), visit.request_id)
    await visit.answer(drawn.status, drawn.headers, drawn.body)
