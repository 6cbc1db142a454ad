"""The embedded Orchestrator under schemathesis, by the vendor's own document: every operation, over the wire.

No failure of the server's own, no status and no shape that the document does not tell of. The document is not part of
this project; where it lies beside the checkout, `make test` asks a few questions of each operation and `make judge`
many. Kinds of requests come in the order make, read, change, delete, and half of the identifiers are ones that exist,
so that what was made is met again.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.factories.administrator import administrator_of
from tests.factories.operation_paths import plain_path
from tests.factories.served import served

from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.operations import Operation
from stagedoor.orchestrator.app import ROOMS, join_routes

DOCUMENT = Path(__file__).parents[2].parent / "shared" / "orchestrator-api" / "orchestrator.yaml"
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

pytestmark = [
    pytest.mark.skipif(
        not DOCUMENT.is_file(), reason=f"the vendor's document is not beside this checkout ({DOCUMENT})"
    ),
]


@dataclass
class Court:
    """A server, whoever asks it, and the document's operations by their ids."""

    url: str
    headers: dict[str, str]
    operations: dict[str, Any]

    def ask(self, case: schemathesis.Case) -> None:
        """Send one generated request and hold its answer against the document."""
        case.headers = {**(case.headers or {}), **self.headers}
        answer = case.call(base_url=self.url)
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
    read = yaml.load(DOCUMENT.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for schema in read["components"]["schemas"].values():
        needed = schema.get("required", ())
        properties = schema.get("properties", {})
        for name in properties.keys() - set(needed):
            properties[name] = _nullable(properties[name])
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
        headers = {"Authorization": f"Bearer {key}", "X-UIPATH-OrganizationUnitId": str(folder)}
        yield Court(running.orchestrator_url, headers, operations)


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
