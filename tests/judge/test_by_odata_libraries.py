"""The query language as other people's libraries read it, where their dialects meet ours: the same rows are found.

odata-query makes SQL of a filter, run on PostgreSQL: SQLite lacks functions that it writes. odatapy carries a filter
out in memory, over a model that it reads from our ``$metadata``. Both tell letter cases apart and give a missing value
three-valued truth, so here all texts are in small letters and no value is missing; `tests/contract/odata` has the rest.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from odata_query.sqlalchemy import AstToSqlAlchemyCoreVisitor
from odatapy.data import Entity
from odatapy.edm.model import Edm
from odatapy.edm.names import FullQualifiedName
from odatapy.edm.xml_io import XmlEdmProvider
from odatapy.server.eval import evaluate_filter
from odatapy.server.uri.expression_parser import ExpressionParser
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.factories.odata_filters import add_jobs, plain_filters, rows_of, typed_filters
from tests.factories.odata_reference import parse
from tests.factories.postgresql import PostgreSQL
from tests.factories.workshop import JOB, ROBOTS, Job, opened_workshop, workshop_call

from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.odata.metadata import NAMESPACE, metadata_document
from stagedoor.orchestrator.odata.read import read_set

JOBS = EntitySet("Jobs", JOB)
OURS = JOB.key_attribute >= 1_000
COLUMNS = {
    "Id": Job.id,
    "Name": Job.name,
    "Priority": Job.priority,
    "Cost": Job.cost,
    "IsLate": Job.is_late,
    "CreationTime": Job.created_at,
}
judged = settings(
    max_examples=max(250, 25 * int(os.environ.get("STAGEDOOR_JUDGE_EXAMPLES", "6"))),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def found(session: Session, text: str) -> list[int]:
    content = read_set(workshop_call(session, {"$filter": text, "$select": "Id"}), JOBS, [OURS]).content
    return [each["Id"] for each in content["value"]]


@pytest.fixture(scope="module")
def on_postgresql(postgresql: PostgreSQL) -> Iterator[Session]:
    with opened_workshop(postgresql.make_database()) as session:
        add_jobs(session, 40, all_there=True)
        yield session


class JobTable:
    """The table of jobs with the columns under the names that a filter calls them by."""

    c = COLUMNS


@given(text=plain_filters)
@judged
def test_odata_query_finds_the_same(on_postgresql: Session, text: str) -> None:
    condition = AstToSqlAlchemyCoreVisitor(JobTable).visit(parse(text))
    theirs = on_postgresql.scalars(select(Job.id).where(OURS, condition).order_by(Job.id)).all()
    assert found(on_postgresql, text) == list(theirs), text


class InMemory:
    """The same jobs as rows and as odatapy's entities, and the model that it read."""

    def __init__(self, session: Session, edm: Edm, entities: dict[int, Entity]) -> None:
        self.session = session
        self.edm = edm
        self.entities = entities


@pytest.fixture(scope="module")
def in_memory() -> Iterator[InMemory]:
    with opened_workshop() as session:
        add_jobs(session, 40, all_there=True)
        entities: dict[int, Entity] = {}
        for number, row in rows_of(session).items():
            if number >= 1_000:
                entities[number] = Entity(type=f"{NAMESPACE}.JobDto")
                for name, value in row.items():
                    entities[number].set_property(name, value)
        yield InMemory(session, Edm(XmlEdmProvider(metadata_document([JOBS, ROBOTS]))), entities)


@given(text=typed_filters)
@judged
def test_odatapy_finds_the_same(in_memory: InMemory, text: str) -> None:
    edm = in_memory.edm
    expression = ExpressionParser.parse_string(text, edm, edm.get_entity_type(FullQualifiedName(NAMESPACE, "JobDto")))
    theirs = [number for number, entity in in_memory.entities.items() if evaluate_filter(entity, expression)]
    assert found(in_memory.session, text) == theirs, text
