"""The verdict, and that nothing is carried out without one."""

import json

import pytest
from tests.factories.house import SmallHouse

from stagedoor.door.app import WAYS
from stagedoor.door.chain.dispatch import dispatch
from stagedoor.door.chain.hold_to_limits import hold_to_limits
from stagedoor.door.chain.judge import judge
from stagedoor.door.surfaces import Surface
from stagedoor.door.visit import Visit
from stagedoor.gateway.dispatch import Gateway
from stagedoor.passage import Allowed, Denied, Reach

ITEM = json.dumps({"itemData": {"Name": "Invoices", "SpecificContent": {"n": 1}}}).encode()
ADD = "/acme/dev/odata/Queues/UiPathODataSvc.AddQueueItem"
JSON = ("content-type", "application/json")


def test_a_refusal_names_the_rule_and_the_smallest_grant(small: SmallHouse) -> None:
    answer = small.ask("GET", "/acme/dev/odata/Users", key=small.sample_key)
    assert answer.status == 403
    told = answer.json()["stagedoor"]
    assert (told["code"], told["reason"], told["smallestGrant"]) == (
        "not_authorized",
        "operation_not_granted",
        ["Users_Get"],
    )
    assert told["hint"]


def test_a_change_is_refused_while_the_audit_cannot_be_written_and_a_read_is_not(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = small.make_key("Queues_AddQueueItem", "QueueDefinitions_Get", folders=["Shared"])
    monkeypatch.setattr(small.house.audit, "is_healthy", lambda: False)
    answer = small.ask("POST", ADD, [JSON], ITEM, key=key)
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (503, "audit_unavailable")
    assert answer.headers["retry-after"] == "1"
    assert small.ask("GET", "/acme/dev/odata/QueueDefinitions", key=key).status == 200
    monkeypatch.setattr(small.house.audit, "has_room", lambda: False)
    assert small.ask("GET", "/acme/dev/odata/QueueDefinitions", key=key).status == 503


def test_only_a_way_with_a_judge_in_front_leads_to_dispatch() -> None:
    for surface, way in WAYS.items():
        if dispatch in way:
            assert surface is Surface.ORCHESTRATOR
            assert way[way.index(judge) :] == (judge, hold_to_limits, dispatch)


@pytest.mark.parametrize("verdict", [None, Denied("no", "rule", "No."), Allowed(Reach(), "rule")])
def test_dispatch_itself_carries_nothing_out_without_a_verdict_and_all_that_was_judged(
    small: SmallHouse, verdict: Allowed | Denied | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[object] = []

    async def carry(*arguments: object) -> None:
        carried.append(arguments)

    monkeypatch.setattr(Gateway, "carry", carry)
    visit = Visit(small.house, {}, 0.0, "0" * 32)
    visit.verdict = verdict
    with pytest.raises(RuntimeError):
        small.loop.run_until_complete(dispatch(visit))
    assert carried == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/acme/dev/odata/Users"),
        ("GET", "/acme/dev/odata/Nothing"),
        ("DELETE", "/acme/dev/odata/Jobs"),
        ("POST", "/acme/dev/odata/$batch"),
        ("GET", "/other/dev/odata/QueueDefinitions"),
        ("GET", "/acme/other/odata/QueueDefinitions"),
        ("GET", "/acme/dev/odata/%2e%2e/Users"),
    ],
)
def test_whatever_is_refused_on_the_way_reaches_no_destination(
    small: SmallHouse, method: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried: list[object] = []

    async def carry(*arguments: object) -> None:
        carried.append(arguments)

    monkeypatch.setattr(Gateway, "carry", carry)
    for key in (small.sample_key, "sd_unknown", None):
        assert small.ask(method, path, key=key).status >= 400
    assert carried == []


@pytest.mark.parametrize("body", [b'{"a": 1', b"[]"])
def test_what_the_orchestrator_refuses_is_still_an_allowed_call(small: SmallHouse, body: bytes) -> None:
    answer = small.ask("POST", ADD, [JSON], body, key=small.sample_key)
    assert answer.status == 400
    row = small.rows()[-1]
    assert (row.verdict, row.destination, row.status) == ("allowed", "embedded", 400)


def test_a_body_too_large_by_its_own_word_is_not_read(small: SmallHouse) -> None:
    length = str(small.house.settings.limits.json_body_bytes_max + 1)
    answer = small.ask("POST", ADD, [JSON, ("content-length", length)], ITEM, key=small.sample_key)
    assert (answer.status, answer.json()["stagedoor"]["code"]) == (413, "body_too_large")
