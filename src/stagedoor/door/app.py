"""The way of a request: the chain as one list.

A request enters here and nowhere else. The entrance is the same for all; then each surface has its own way. A step
fills in its part of the :class:`~stagedoor.door.visit.Visit` or raises; what is raised becomes an answer in
``door/errors.py``, and every request leaves a row in the audit, whatever came of it.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from stagedoor.door.audit_trail import record_visit
from stagedoor.door.chain.answer_publicly import answer_publicly
from stagedoor.door.chain.await_orchestrator import await_orchestrator
from stagedoor.door.chain.bound_body import bound_body
from stagedoor.door.chain.bound_head import bound_head
from stagedoor.door.chain.canonical_path import canonical_path
from stagedoor.door.chain.carry_file import carry_file
from stagedoor.door.chain.dispatch import dispatch
from stagedoor.door.chain.find_folder import find_folder
from stagedoor.door.chain.find_tenant import find_tenant
from stagedoor.door.chain.hand_over import hand_over
from stagedoor.door.chain.hold_to_limits import hold_to_limits
from stagedoor.door.chain.hold_to_rate import hold_to_rate
from stagedoor.door.chain.identify import identify, identify_if_possible
from stagedoor.door.chain.judge import judge
from stagedoor.door.chain.let_loopback_pages_read import let_loopback_pages_read
from stagedoor.door.chain.match_operation import match_operation
from stagedoor.door.chain.note_legacy_use import note_legacy_use
from stagedoor.door.chain.operations import answer_operations
from stagedoor.door.chain.present_permit import present_permit
from stagedoor.door.chain.refuse_unknown import refuse_unknown
from stagedoor.door.chain.sign_in_upstream import sign_in_upstream
from stagedoor.door.chain.strip_forged_headers import strip_forged_headers
from stagedoor.door.chain.trust_clock import trust_clock
from stagedoor.door.errors import dialect_of, draw_error
from stagedoor.door.known_head import KnownHead
from stagedoor.door.request_ids import RequestIds
from stagedoor.door.surfaces import Surface
from stagedoor.door.visit import Receive, Scope, Send, Step, Visit
from stagedoor.gateway.errors import CallerLeft
from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.kit.clock import stopwatch
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.logs import bound_request_id, get_logger

if TYPE_CHECKING:
    from stagedoor.door.house import House

ENTRANCE: tuple[Callable[[Visit], None], ...] = (bound_head, strip_forged_headers, canonical_path)

WAYS: Mapping[Surface, tuple[Step, ...]] = {
    Surface.ORCHESTRATOR: (
        let_loopback_pages_read,
        answer_publicly,
        identify,
        hold_to_rate,
        find_tenant,
        match_operation,
        note_legacy_use,
        sign_in_upstream,
        find_folder,
        judge,
        hold_to_limits,
        dispatch,
    ),
    Surface.FILES: (let_loopback_pages_read, trust_clock, await_orchestrator, present_permit, carry_file),
    Surface.IDENTITY: (trust_clock, bound_body("form_body_bytes_max"), hand_over("identity")),
    Surface.MANAGEMENT: (
        bound_body("form_body_bytes_max"),
        identify_if_possible,
        hold_to_rate,
        hand_over("management"),
    ),
    Surface.CONSOLE: (trust_clock, bound_body("form_body_bytes_max"), hand_over("console")),
    Surface.OPERATIONS: (identify_if_possible, answer_operations),
    Surface.UNKNOWN: (refuse_unknown,),
}

VISIT = "stagedoor.visit"
"""Where a visit that has begun already lies in the scope."""

_log = get_logger("stagedoor.door")


class DoorApp:
    """The ASGI application of one house.

    A visit may begin before it comes here: the server's protocol takes the steps that need no waiting itself
    (:meth:`enter`, :func:`take_steps`), carries what goes to a remote Orchestrator, and leaves the rest in the scope
    under ``VISIT`` for this application to finish.
    """

    def __init__(self, house: "House") -> None:
        self._house = house
        self._request_ids = RequestIds(house.chance)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._house.upkeep.live(receive, send)
            return
        if scope["type"] != "http":
            raise RuntimeError(f"the door does not speak {scope['type']}")
        visit: Visit = scope.pop(VISIT, None) or self.enter(scope)
        visit.receive, visit.raw_send = receive, send
        with bound_request_id(visit.request_id):
            try:
                await _walk(visit)
            finally:
                end_visit(visit)

    def enter(self, scope: Scope, known: KnownHead | None = None) -> Visit:
        """Begin a visit: take the entrance, the same for all, and find the way that follows.

        ``known`` is a head that has come in before and is the same as this one. What goes wrong is kept in the visit,
        for whoever answers it.
        """
        visit = Visit(self._house, scope, stopwatch(), self._request_ids.draw())
        if known is not None:
            known.enter(visit)
            return visit
        try:
            for enter in ENTRANCE:
                enter(visit)
        except Exception as failure:  # noqa: BLE001  # becomes an answer in _walk, with whatever else goes wrong
            visit.raised = failure
        else:
            visit.way = WAYS[visit.place.surface]
        return visit


def take_steps(visit: Visit, *, until: Step | None = None) -> None:
    """Take the visit's next steps up to ``until``, or to the first that has to wait, or to the end.

    What goes wrong is kept in the visit. Nothing of an answer is sent.
    """
    way = visit.way
    taken = visit.steps_taken
    try:
        for step in way[taken:]:
            if step is until:
                break
            taken += 1
            if (waiting := step(visit)) is not None:
                visit.waiting = waiting
                break
    except Exception as failure:  # noqa: BLE001  # becomes an answer in _walk, with whatever else goes wrong
        visit.raised = failure
        taken = len(way)
    visit.steps_taken = taken


def end_visit(visit: Visit) -> None:
    """Do what every visit ends with, whoever answered it."""
    if visit.at_end is not None:
        visit.at_end()
    record_visit(visit)


async def _walk(visit: Visit) -> None:
    try:
        while not visit.answered:
            if (waiting := visit.waiting) is not None:
                visit.waiting = None
                await waiting
                visit.now = visit.house.clock.now()
            elif visit.raised is not None:
                raise visit.raised  # noqa: TRY301  # raised in a step, answered below with what is raised here
            elif visit.steps_taken == len(visit.way):
                return
            else:
                take_steps(visit)
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
