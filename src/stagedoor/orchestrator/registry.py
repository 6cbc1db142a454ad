"""Which handler carries out which operation. Rooms offer a :class:`Routes`; ``orchestrator/app.py`` joins them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.db import Database
from stagedoor.kit.files import Files
from stagedoor.orchestrator.call import Answer, Call, Handler
from stagedoor.orchestrator.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the passing of time has made due in a room, written down before anybody looks.

    A duty comes by once a second (:mod:`~stagedoor.orchestrator.duties`); whoever asks in between sees what is true by
    now: a job that would have ended is ended first. ``is_due`` is one indexed look, good in any transaction; ``settle``
    writes, and is asked again, each time in a transaction of its own, until nothing is due: a million things that are
    due at one moment keep nobody waiting for long.
    """

    is_due: Callable[[Call], bool]
    settle: Callable[[Call], None]


Witness = Callable[[Call, Answer], None]
"""Somebody who is shown what a call did and what it answers, in its transaction; what they raise undoes it."""


class Basis(StrEnum):
    """What an operation's behaviour here rests on."""

    SPEC = "spec"
    """The vendor's public document and documentation say it."""
    CLIENT = "client"
    """A client of the vendor or of its field relies on it, and runs in the tests."""
    RECORDED = "recorded"
    """Somebody published what a real server answered."""
    GUESS = "guess"
    """Nobody says it; the least surprising thing was built, and ``note`` tells what that is."""


Preparation = Callable[[Uploads, Files, Chance], None]
"""What is done with the files of a request before its transaction; it leaves what it made in ``prepared``."""


Survey = Callable[[Call], Any]
"""What takes long to read for an operation that writes: read before, and nothing that it may write stays."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation's handler. Of what a handler that only reads would write nothing stays.

    ``takes_files`` says that the request's body is a form with files, or a file itself, and no JSON. ``reads_body``
    says of a ``DELETE`` that its body tells what goes; that of others means nothing (RFC 9110, 9.3.5). ``prepare`` does
    with the files what takes long, such as keeping them, before the transaction begins: on SQLite nobody else writes
    while one lasts. ``survey`` does the same with what takes long to read; what it returns is in ``prepared`` when the
    handler begins. ``note`` says in one sentence what behaves otherwise than the vendor's, or was guessed; the page of
    differences shows it.
    """

    operation_id: str
    handler: Handler
    writes: bool
    settlement: Settlement | None = None
    takes_files: bool = False
    reads_body: bool = False
    prepare: Preparation | None = None
    survey: Survey | None = None
    basis: Basis = Basis.SPEC
    note: str = ""

    def __post_init__(self) -> None:
        if self.basis is Basis.GUESS and not self.note:
            raise ValueError(f"{self.operation_id}: say what was guessed")

    def carry_out(
        self, database: Database, call_in: Callable[[Session], Call], witness: Witness | None = None
    ) -> Answer:
        """Run the handler in a transaction of its kind, on a store in which nothing is overdue.

        ``call_in`` makes the call for a transaction. Where something is due, it is settled in a transaction of its
        own first: what time did stays done if the handler refuses, and its locks are gone when the handler begins.
        ``witness`` sees what a handler that writes did, before it is committed.
        """
        settlement = self.settlement
        if self.survey is not None:
            if settlement is not None:
                _settle(settlement, database, call_in)
            with database.read() as session:
                call = call_in(session)
                call.uploads.prepared = self.survey(call)
        with database.write() if self.writes else database.read() as session:
            call = call_in(session)
            if settlement is None or not settlement.is_due(call):
                return self._handle(call, witness)
        _settle(settlement, database, call_in)
        with database.write() if self.writes else database.read() as session:
            return self._handle(call_in(session), witness)

    def _handle(self, call: Call, witness: Witness | None) -> Answer:
        answer = self.handler(call)
        if witness is not None and self.writes:
            witness(call, answer)
        return answer


def _settle(settlement: Settlement, database: Database, call_in: Callable[[Session], Call]) -> None:
    while True:
        with database.write() as session:
            call = call_in(session)
            if not settlement.is_due(call):
                return
            settlement.settle(call)


class Routes:
    """The operations of one room, each named once; ``settlement`` goes before each of them."""

    def __init__(self, *, settlement: Settlement | None = None) -> None:
        self._routes: dict[str, Route] = {}
        self._settlement = settlement

    def reads(self, operation_id: str, *, basis: Basis = Basis.SPEC, note: str = "") -> Callable[[Handler], Handler]:
        """Register a handler that changes nothing."""
        return self._registrar(
            lambda handler: Route(operation_id, handler, False, self._settlement, basis=basis, note=note)
        )

    def writes(
        self,
        operation_id: str,
        *,
        takes_files: bool = False,
        reads_body: bool = False,
        prepare: Preparation | None = None,
        survey: Survey | None = None,
        basis: Basis = Basis.SPEC,
        note: str = "",
    ) -> Callable[[Handler], Handler]:
        """Register a handler whose whole work is one transaction, but for what is prepared or read before it."""
        return self._registrar(
            lambda handler: Route(
                operation_id,
                handler,
                True,
                self._settlement,
                takes_files=takes_files,
                reads_body=reads_body,
                prepare=prepare,
                survey=survey,
                basis=basis,
                note=note,
            )
        )

    def _registrar(self, route_of: Callable[[Handler], Route]) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            route = route_of(handler)
            if route.operation_id in self._routes:
                raise ValueError(f"{route.operation_id} has two handlers")
            self._routes[route.operation_id] = route
            return handler

        return register

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes.values())
