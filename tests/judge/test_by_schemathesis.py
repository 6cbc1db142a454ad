"""The embedded Orchestrator under schemathesis, by the vendor's own document: every operation, over the wire.

No failure of the server's own, no status and no shape that the document does not tell of. The document is not part of
this project; where it lies beside the checkout, `make test` asks a few questions of each operation and `make judge`
many. Kinds of requests come in the order make, read, change, delete, and half of the identifiers are ones that exist,
so that what was made is met again. Where things are made and deleted one by one, links lead from each answer to the
next request, and what is gone has to stay gone.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ensure_resource_availability,
    response_schema_conformance,
    status_code_conformance,
)
from tests.factories.administrator import administrator_of
from tests.factories.operation_paths import plain_path
from tests.factories.served import served
from tests.factories.vendor_document import needs_document, read_document
from tests.judge.linked_rooms import ROOMS as LINKED_ROOMS
from tests.judge.linked_rooms import LinkedRoom, add_links

from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.operations import Operation
from stagedoor.orchestrator.app import ROOMS, join_routes

EXAMPLES = int(os.environ.get("STAGEDOOR_JUDGE_EXAMPLES", "6"))
BUILT = join_routes(ROOMS)
ORDER = ("POST", "GET", "PUT", "PATCH", "DELETE")
OPERATIONS = sorted(
    (operation for operation in CATALOG.operations if operation.documented),
    key=lambda operation: (ORDER.index(operation.method), operation.id),
)
# The vendor's document tells of these at few operations, and its servers answer them at all.
ALWAYS_TOLD = {400, 401, 403, 404, 409, 415}
ERROR_FIELDS = {"message", "errorCode"}
IDS_THAT_EXIST = 6
LIVES = max(4, EXAMPLES // 4)
"""How many times the life of a room's things is begun."""

numbers_of_names = count(1)

pytestmark = needs_document


@dataclass
class Court:
    """A server, whoever asks it, and the document's operations by their ids."""

    url: str
    headers: dict[str, str]
    person: dict[str, str]
    operations: dict[str, Any]
    schema: Any

    def ask(self, case: schemathesis.Case) -> None:
        """Send one generated request and hold its answer against the document."""
        case.headers = {**(case.headers or {}), **self.headers}
        self.judge(case, case.call(base_url=self.url))

    def judge(self, case: schemathesis.Case, answer: Any) -> None:
        """Hold an answer against the document."""
        documented = case.operation.definition.raw["responses"]
        if answer.status_code in ALWAYS_TOLD:
            told = answer.json()
            if isinstance(told, dict) and set(told) >= ERROR_FIELDS:
                assert isinstance(told["message"], str)
                return
            assert str(answer.status_code) in documented, told
        case.validate_response(
            answer,
            checks=[
                not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
            ],
        )

    def verify_is_named_as_not_built(self, operation: Operation) -> None:
        """Ask for an operation that is not built, and be told so by its name."""
        body = None if operation.method in ("GET", "DELETE") else {}
        answer = httpx2.request(operation.method, self.url + plain_path(operation), headers=self.headers, json=body)
        assert answer.status_code == 501, answer.text
        assert operation.id in answer.json()["message"]


@cache
def document() -> Any:
    """Return the document, with null allowed where a property is not required.

    It marks no property at all as nullable, and real servers answer null for whatever is not set.
    """
    read = read_document()
    for schema in read["components"]["schemas"].values():
        needed = schema.get("required", ())
        properties = schema.get("properties", {})
        for name in properties.keys() - set(needed):
            properties[name] = _nullable(properties[name])
    add_links(read)
    return read


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {"nullable": True, "allOf": [schema]}
    # A null among the words of an enum has to be one of them.
    return {**schema, "nullable": True, **({"enum": [*schema["enum"], None]} if "enum" in schema else {})}


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    schema = schemathesis.openapi.from_dict(document())
    operations = {found.ok().definition.raw["operationId"]: found.ok() for found in schema.get_all_operations()}
    with served(tmp_path_factory.mktemp("court") / "data") as running, administrator_of(running) as administrator:
        key = administrator.make_key("judge", ["all"])
        folder = administrator.orchestrator.get("/odata/Folders").json()["value"][0]["Id"]
        place = {"X-UIPATH-OrganizationUnitId": str(folder)}
        person = {"Authorization": administrator.orchestrator.headers["Authorization"], **place}
        headers = {"Authorization": f"Bearer {key}", **place}
        yield Court(running.orchestrator_url, headers, person, operations, schema)


def _with_known_ids(case: schemathesis.Case, number: int | None) -> schemathesis.Case:
    if number is not None and case.path_parameters:
        case.path_parameters = {
            name: number if isinstance(value, int) else value for name, value in case.path_parameters.items()
        }
    return case


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_answer_is_one_that_the_document_tells_of(court: Court, operation: Operation) -> None:
    if operation.id not in BUILT:
        court.verify_is_named_as_not_built(operation)
        return
    numbers = st.none() | st.integers(1, IDS_THAT_EXIST)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=court.operations[operation.id].as_strategy(), number=numbers)
    def judged(case: schemathesis.Case, number: int | None) -> None:
        court.ask(_with_known_ids(case, number))

    judged()


@pytest.fixture(scope="module")
def known(court: Court) -> dict[str, Any]:
    """What the rooms' things hang on, made anew: what was seeded may be gone by now, with all that was asked before."""

    def made(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = httpx2.post(f"{court.url}/odata/{path}", json=body, headers=court.headers)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    name = "Of linked rooms"
    queue = made("QueueDefinitions", {"Name": name})
    return {
        "release": made("Releases", {"Name": name, "ProcessKey": "InvoiceBot", "ProcessVersion": "1.0.0"}),
        "machine": made("Machines", {"Name": "of-linked-rooms", "Type": "Standard"}),
        "item": made("Queues/UiPathODataSvc.AddQueueItem", {"itemData": {"Name": queue["Name"]}}),
        "test_set": made(
            "TestSets", {"Name": "Of linked rooms", "SourceType": "User", "Packages": [], "TestCases": []}
        ),
    }


class Lives:
    """What is known of a room's things by their ids, and which turns their lives took."""

    def __init__(self) -> None:
        self.there: set[Any] = set()
        self.gone: set[Any] = set()
        self.turns: set[str] = set()
        self.refusals: list[str] = []
        self.newest: Any = None
        self.names: dict[Any, str] = {}

    def name_for(self, room: LinkedRoom, operation_id: str, key: Any) -> str:
        """Return a name that nothing has yet, or for a change that must not rename a thing its own."""
        is_change = operation_id == f"{room.name}_{room.change}"
        return self.names[key] if room.keeps_name and is_change else f"linked-{next(numbers_of_names)}"

    def note(self, room: LinkedRoom, operation_id: str, key: Any, name: str, answer: Any) -> None:
        """Hold an answer against what went before: what is there is found, what is gone is not."""
        create, read, *_, delete = room.operations
        told = f"{operation_id} of {key}: {answer.status_code} {answer.text[:200]}"
        if operation_id == create:
            if answer.status_code >= 400:
                self.refusals.append(told)
            elif answer.status_code < 300:
                # A store may give the number of something gone to what comes next.
                self.newest = answer.json()["Id"]
                self.gone.discard(self.newest)
                self.there.add(self.newest)
                self.names[self.newest] = name
                self.turns.add("made")
        elif key in self.gone:
            assert answer.status_code == 404, told
            self.turns.add("looked for in vain")
        elif key in self.there:
            assert answer.status_code < 300, told
            if operation_id == delete:
                self.there.discard(key)
                self.gone.add(key)
            self.turns.add({read: "read", delete: "deleted"}.get(operation_id, "changed"))


@pytest.mark.parametrize("room", LINKED_ROOMS, ids=lambda room: room.name)
def test_what_is_made_is_there_until_it_is_deleted(
    court: Court, known: dict[str, Any], room: LinkedRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Links are always followed: by true chance, which it is otherwise, no run could be had again.
    monkeypatch.setattr("schemathesis.specs.openapi.stateful.BASE_EXPLORATION_RATE", 0)
    schema = court.schema.include(operation_id=room.operations)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE])
    # Our links say it all; guessed ones would make one room lead to others.
    schema.config.phases.stateful.inference.algorithms = []
    headers = court.person if room.by_person else court.headers
    lives = Lives()

    class Life(schema.build_state_machine(feedback=NO_FEEDBACK, link_calibration=None)):  # type: ignore[misc]  # made at run time
        def before_call(self, case: schemathesis.Case) -> None:
            case.query = {}
            case.headers = dict(headers)
            operation_id = case.operation.definition.raw["operationId"]
            if case.path_parameters and case.path_parameters["key"] not in lives.names:
                # Nobody made it here; what was there before is left to others.
                case.path_parameters["key"] = lives.newest
            key = (case.path_parameters or {}).get("key")
            self.name = lives.name_for(room, operation_id, key)
            body = room.order(operation_id, known, {"key": key}, self.name)
            if body is not None:
                case.body = body

        def call(self, case: schemathesis.Case, **_: Any) -> Any:
            return case.call(base_url=court.url)

        def validate_response(self, response: Any, case: schemathesis.Case, **_: Any) -> None:
            checks = [not_a_server_error, ensure_resource_availability]
            case.validate_response(response, checks=checks, recorder=self.recorder)
            court.judge(case, response)
            key = (case.path_parameters or {}).get("key")
            lives.note(room, case.operation.definition.raw["operationId"], key, self.name, response)

    for operation_id in (*room.operations, room.operations[1]):
        walk(court, known, room, lives, operation_id, headers)
    changed = {"changed"} if room.change else set()
    assert lives.turns == {"made", "read", "deleted", "looked for in vain", *changed}, lives.refusals
    # What is generated depends on earlier answers, which Hypothesis does not expect.
    with suppress(FlakyStrategyDefinition):
        Life.run(
            settings=settings(
                max_examples=LIVES,
                stateful_step_count=10,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
        )


def walk(
    court: Court, known: dict[str, Any], room: LinkedRoom, lives: Lives, operation_id: str, headers: dict[str, str]
) -> None:
    """Take one step in the life of the room's newest thing."""
    path = {} if operation_id == room.operations[0] else {"key": lives.newest}
    name = lives.name_for(room, operation_id, path.get("key"))
    body = room.order(operation_id, known, path, name)
    given: dict[str, Any] = {} if body is None else {"body": body, "media_type": "application/json"}
    case = court.operations[operation_id].Case(path_parameters=path, headers=dict(headers), **given)
    answer = case.call(base_url=court.url)
    court.judge(case, answer)
    lives.note(room, operation_id, path.get("key"), name, answer)
