"""The server's protocol, carrying what goes to a remote Orchestrator by itself and handing on the rest."""

from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from stagedoor.door.abreast import Abreast
from stagedoor.door.app import VISIT, DoorApp, take_steps
from stagedoor.door.bounded_protocol import BoundedProtocol
from stagedoor.door.carried_visit import CarriedVisit
from stagedoor.door.chain.dispatch import carriage_of, dispatch
from stagedoor.door.known_head import Departure, KnownHead, may_be_kept
from stagedoor.door.surfaces import Surface
from stagedoor.door.visit import Scope, Visit
from stagedoor.gateway.dispatch import carries_at_once
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.logs import bound_request_id
from stagedoor.passage import Destination

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class CarryingProtocol(BoundedProtocol):
    """One port and one chain for all: as soon as a request's head is read, the visit begins and takes every step that
    needs no waiting. Where those lead to a remote Orchestrator, the exchange is carried from connection to connection
    without a task; everywhere else the ASGI application goes on from the step that was reached.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._abreast = self.app if isinstance(self.app, Abreast) else None
        door = self.app if self._abreast is None else self._abreast.door
        self._door = door if isinstance(door, DoorApp) else None
        self._carried: CarriedVisit | None = None
        self._known_head: KnownHead | None = None

    def on_headers_complete(self) -> None:
        if self._asks_for_upgrade():
            return
        cycle: RequestResponseCycle | None = self.cycle
        # A request that was sent before the one in front of it was answered waits for its turn as an ASGI request.
        if (
            self._door is None
            or (cycle is not None and not cycle.response_complete)
            # What another worker has changed is read before anything is judged, and that takes waiting.
            or (self._abreast is not None and self._abreast.is_behind())
        ):
            super().on_headers_complete()
            return
        visit = self._begin_visit(self._door)
        if self._goes_far(visit):
            self._note_head()
            self._carry(visit)
            return
        cast("Scope", self.scope)[VISIT] = visit
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        carried = self._carried_now()
        if carried is None:
            super().on_body(body)
            return
        self._note_body()
        carried.take_body(body)

    def on_message_complete(self) -> None:
        if self._is_upgrade:
            return
        carried = self._carried_now()
        if carried is None:
            super().on_message_complete()
            return
        self._note_end()
        carried.take_end()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._carried is not None:
            self._carried.give_up()
        if isinstance(self.cycle, CarriedVisit):
            self.cycle = None  # type: ignore[assignment]  # as it is before the first request
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._carried is not None:
            self._carried.pause_answer()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._carried is not None:
            self._carried.resume_answer()

    def _carried_now(self) -> CarriedVisit | None:
        # While one is carried, the next request may have been read already; what is read now then belongs to that.
        carried = self._carried
        return carried if carried is cast("CarriedVisit", self.cycle) else None

    def _begin_visit(self, door: DoorApp) -> Visit:
        scope = cast("Scope", self.scope)
        method, url, headers = self.parser.get_method(), self.url, self.headers
        known = self._known_head
        if known is not None and known.is_like(method, url, headers):
            visit = door.enter(scope, known)
        else:
            address = httptools.parse_url(url)
            scope["method"] = method.decode("ascii")
            scope["raw_path"] = address.path
            scope["query_string"] = address.query or b""
            visit = door.enter(scope)
            self._known_head = KnownHead(method, url, headers, visit) if may_be_kept(visit, url, headers) else None
        if visit.place.surface is Surface.ORCHESTRATOR:
            with bound_request_id(visit.request_id):
                take_steps(visit, until=dispatch)
            if (known := self._known_head) is not None and visit.caller is not visit.caller_before:
                known.note_caller(visit.caller)
        return visit

    @staticmethod
    def _goes_far(visit: Visit) -> bool:
        return (
            visit.raised is None
            and visit.waiting is None
            and visit.verdict is not None
            and visit.tenant is not None
            and visit.tenant.remote_base_url is not None
            and visit.match is not None
            and carries_at_once(visit.match, visit.head)
        )

    def _carry(self, visit: Visit) -> None:
        http_version = self.parser.get_http_version()
        carried = CarriedVisit(
            visit,
            self.transport,
            self.flow,
            self.loop,
            default_headers=self.server_state.default_headers,
            http_version=http_version,
            keep_alive=http_version != "1.0" and self.parser.should_keep_alive() and not self._is_draining,
            on_end=self._on_carried,
        )
        self._carried = carried
        self.cycle = cast("RequestResponseCycle", carried)
        if self.expect_100_continue:
            self.transport.write(CONTINUE)
        try:
            departure = self._departure_of(visit)
            carried.exchange = visit.house.gateway.begin(departure.carriage, departure.onward, carried)
        except StagedoorError as refusal:
            carried.fail(refusal)
        except Exception as failure:  # noqa: BLE001  # becomes a 500, as everywhere in the house
            carried.fail(StagedoorError(internal=repr(failure)))

    def _departure_of(self, visit: Visit) -> Departure:
        known = self._known_head
        if known is not None and (before := known.departure) is not None and before.suits(visit):
            visit.destination = Destination.REMOTE
            return before
        departure = Departure(carriage_of(visit))
        if known is not None:
            known.departure = departure
        return departure

    def _give_up_request(self, cycle: RequestResponseCycle) -> None:
        if (carried := self._carried_now()) is not None:
            carried.give_up()
        else:
            super()._give_up_request(cycle)

    def _on_carried(self, carried: CarriedVisit) -> None:
        self._carried = None
        if carried.disconnected or self.transport.is_closing():
            return
        if not carried.request_complete:
            # Answered before the request was all there: what is still to come of it must not be read as a request.
            self._discard_the_rest()
        elif not carried.keep_alive:
            self.transport.close()
        else:
            self.on_response_complete()
