"""Every declaration of every room can be shown, expanded, filtered and sorted, each property of it."""

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from tests.factories.store import empty_database
from tests.factories.workshop import workshop_call

from stagedoor.orchestrator.documents import ENTITY_SETS
from stagedoor.orchestrator.entity import ComplexType, EntitySet, EnumType, Property
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.odata.bound import Kind
from stagedoor.orchestrator.odata.coercion import kind_of
from stagedoor.orchestrator.odata.read import read_set

EXAMPLES = {
    Kind.TEXT: "'x'",
    Kind.GUID: "'3fa85f64-5717-4562-b3fc-2c963f66afa6'",
    Kind.INTEGER: "1",
    Kind.NUMBER: "1.5",
    Kind.BOOLEAN: "true",
    Kind.TIME: "2026-01-01T00:00:00Z",
    Kind.DURATION: "duration'PT1H'",
}

SEARCHED_IN_JSON = {
    "Machines": ("Tags/any(x: x/Name eq null)", "UpdatePolicy/Type eq null"),
    "Releases": ("Tags/any()", "Arguments/Input eq null"),
    "QueueDefinitions": ("Tags/any(x: x/DisplayName eq null)",),
    "Jobs": ("JobError/code eq null",),
    "QueueItems": ("ProcessingException/Reason eq null",),
}

SECRET_WORDS = ("LicenseKey", "Password", "Secret")

each_set = pytest.mark.parametrize("entity_set", ENTITY_SETS, ids=lambda each: each.name)


def example_of(part: Property) -> str:
    if isinstance(part.type, EnumType):
        return f"'{next(iter(part.type.members))}'"
    return EXAMPLES[kind_of(part)]


def answered(session: Session, entity_set: EntitySet, **options: str) -> bool:
    query = {f"${name}": value for name, value in options.items()}
    return bool(read_set(workshop_call(session, query), entity_set).content["value"] == [])


@each_set
def test_each_property_and_navigation_is_shown(entity_set: EntitySet, tmp_path: Path) -> None:
    database = empty_database(tmp_path)
    with database.read() as session:
        assert answered(session, entity_set)
        for part in entity_set.entity_type.properties:
            assert answered(session, entity_set, select=part.name)
        for navigation in entity_set.entity_type.navigations:
            assert answered(session, entity_set, expand=navigation.name)
    database.close()


@each_set
def test_each_searchable_property_is_filtered_and_sorted(entity_set: EntitySet, tmp_path: Path) -> None:
    database = empty_database(tmp_path)
    with database.read() as session:
        for part in entity_set.entity_type.properties:
            if part.is_searchable:
                example = example_of(part)
                query = f"{part.name} eq {example} or {part.name} ne {example} or {part.name} in ({example},null)"
                assert answered(session, entity_set, filter=query, orderby=f"{part.name} desc")
    database.close()


@each_set
def test_each_list_and_complex_property_is_looked_into_or_refused_by_name(
    entity_set: EntitySet, tmp_path: Path
) -> None:
    looked_into: list[str] = []
    database = empty_database(tmp_path)
    with database.read() as session:
        for part in entity_set.entity_type.properties:
            queries = [f"{part.name}/any()", f"{part.name}/$count eq 0"] if part.collection else []
            if isinstance(part.type, ComplexType):
                before = f"{part.name}/any(x: x/" if part.collection else f"{part.name}/"
                queries += [f"{before}{each.name} eq null{')' * part.collection}" for each in part.type.properties]
            for query in queries:
                with suppress(InvalidRequest):
                    assert answered(session, entity_set, filter=query)
                    looked_into.append(query)
    database.close()
    for query in SEARCHED_IN_JSON.get(entity_set.name, ()):
        assert query in looked_into


def test_nobody_finds_a_secret_by_filtering_or_sorting() -> None:
    secrets = {
        f"{entity_set.name}/{part.name}": part.is_searchable
        for entity_set in ENTITY_SETS
        for part in entity_set.entity_type.properties
        if any(word in part.name for word in SECRET_WORDS)
    }
    assert {"Assets/SecretValue", "Machines/ClientSecret", "Machines/LicenseKey", "Robots/Password"} <= set(secrets)
    assert [name for name, is_searchable in secrets.items() if is_searchable] == []


@each_set
def test_each_navigation_arrives_at_the_table_of_its_target(entity_set: EntitySet) -> None:
    for navigation in entity_set.entity_type.navigations:
        assert navigation.target().model is navigation.remote.class_, navigation.name
