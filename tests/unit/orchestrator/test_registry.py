"""Routes: each operation has one handler, and nothing is overdue when it looks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from tests.factories.orchestrator import Desk

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import Conflict
from stagedoor.orchestrator.registry import Routes, Settlement, Survey
from stagedoor.orchestrator.uploads import Uploads


class Room:
    """A room where so many things are due, settled one at a time; ``settings`` lends its rows to what was settled."""

    def __init__(self, *, due: int) -> None:
        self.due = due
        self.settled = 0

    def is_due(self, _: Call) -> bool:
        return self.due > 0

    def settle(self, call: Call) -> None:
        insert = "INSERT INTO settings (tenant_id, name, name_folded, scope) VALUES (:of, 'settled', 'settled', 0)"
        call.session.execute(text(insert), {"of": f"tenant {self.due}"})
        self.due -= 1
        self.settled += 1

    def run(self, desk: Desk, handler: Callable[[Call], Answer], *, writes: bool) -> Answer:
        routes = Routes(settlement=Settlement(self.is_due, self.settle))
        register = routes.writes if writes else routes.reads
        register("Jobs_Get")(handler)
        return next(iter(routes)).carry_out(desk.database, call_in)


def call_in(session: Session) -> Call:
    nothing: Any = None
    return Call(
        operation=nothing,
        tenant=nothing,
        caller=nothing,
        folder=None,
        reach=nothing,
        path_arguments={},
        query={},
        headers={},
        body=None,
        base_url="",
        request_id="",
        session=session,
        clock=nothing,
        chance=nothing,
        vault=nothing,
        files=nothing,
    )


def count(call: Call) -> Answer:
    return Answer(content=call.session.scalar(text("SELECT count(*) FROM settings WHERE name = 'settled'")))


def refuse(_: Call) -> Answer:
    raise Conflict


def test_an_operation_has_one_handler() -> None:
    routes = Routes()
    routes.reads("Jobs_Get")(count)
    with pytest.raises(ValueError, match="Jobs_Get"):
        routes.writes("Jobs_Get")(count)


@pytest.mark.parametrize("writes", [False, True])
def test_what_is_due_is_settled_before_the_handler_looks(desk: Desk, *, writes: bool) -> None:
    room = Room(due=1)
    assert room.run(desk, count, writes=writes).content == 1
    assert room.run(desk, count, writes=writes).content == 1
    assert room.settled == 1


def test_what_is_settled_in_parts_is_settled_whole_and_each_part_in_a_transaction_of_its_own(desk: Desk) -> None:
    transactions: list[object] = []
    event.listen(desk.database.engine, "commit", transactions.append)
    room = Room(due=3)
    assert room.run(desk, count, writes=False).content == 3
    assert len(transactions) >= 3


def test_a_survey_reads_what_was_settled_and_nothing_that_it_writes_stays(desk: Desk) -> None:
    room, uploads = Room(due=1), Uploads()

    def carry_out(survey: Survey) -> Answer:
        routes = Routes(settlement=Settlement(room.is_due, room.settle))
        routes.writes("Jobs_Export", survey=survey)(lambda call: Answer(content=call.uploads.prepared))
        [route] = routes
        return route.carry_out(desk.database, lambda session: replace(call_in(session), uploads=uploads))

    assert carry_out(lambda call: count(call).content).content == 1
    carry_out(lambda call: call.session.execute(text("DELETE FROM settings")))
    assert carry_out(lambda call: count(call).content).content == 1


@pytest.mark.parametrize("writes", [False, True])
def test_what_was_settled_stays_when_the_handler_refuses(desk: Desk, *, writes: bool) -> None:
    room = Room(due=1)
    with pytest.raises(Conflict):
        room.run(desk, refuse, writes=writes)
    with desk.database.read() as session:
        assert count(call_in(session)).content == 1
