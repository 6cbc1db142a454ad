"""Any text is parsed or refused, nothing else; what is understood finds the rows that plain Python finds."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from tests.factories.workshop import JOB_STATE, JOBS, Job, opened_workshop, workshop_call

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.odata.expansion import split_expand
from stagedoor.orchestrator.odata.parser import parse_filter, parse_orderby
from stagedoor.orchestrator.odata.read import read_set

Row = dict[str, Any]
Rule = tuple[str, Callable[[Row], bool]]


def words_of(text: str) -> list[str]:
    return text.split()


NAMES = words_of(
    "Name State Priority Cost IsLate CreationTime EndTime Key Id Robot/Name Robot/Id RobotLabel RobotName SecretCode "
    "Robot/Machine/Name ForgeLabel Tags Tags/$count Robot Details Arguments Labels Nothing $it t t/Name "
    "Settings Settings/Mode Settings/Retries Settings/Inner/Depth Marks Marks/$count Numbers Span @p Edm.String"
)
WORDS = words_of("eq ne gt ge lt le and or not in has add sub mul div divby mod asc desc any all")
OPENINGS = words_of(
    "contains( startswith( endswith( substringof( tolower( toupper( trim( concat( substring( indexof( length( year( "
    "month( day( hour( minute( second( date( now() Tags/any(t: Tags/all(t: Tags/any() cast( isof( round( floor( "
    "ceiling( time( fractionalseconds( totaloffsetminutes( totalseconds( mindatetime() Marks/any(t: Numbers/any(t: "
    "Labels/all(t:"
)
SIGNS = words_of("( ) [ ] , / : ; - = *")
VALUES = words_of(
    "'a' 'Running' '0' 'O''B' '%' '' 1 0 -1 1.5 123L 9223372036854775807 1e300 0.1m null true false 2026-11-03 "
    "2026-11-03T08:30:15Z '2026-11-03' datetime'2026-11-03T00:00' guid'3fa85f64-5717-4562-b3fc-2c963f66afa6' "
    "3fa85f64-5717-4562-b3fc-2c963f66afa6 duration'P1D' 08:30 23:59:59.5 X.JobState'Running' 'Übung' "
    "9999-12-31 0001-01-01T00:00:00Z"
)
SCRAPS = [*NAMES, *WORDS, *OPENINGS, *SIGNS, *VALUES]


@pytest.fixture(scope="module")
def workshop() -> Iterator[Session]:
    with opened_workshop() as session:
        yield session


def is_parsed_or_refused(parse: Callable[[str], object], text: str) -> None:
    with suppress(InvalidRequest):
        parse(text)


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_text_is_parsed_or_refused(text: str) -> None:
    is_parsed_or_refused(parse_filter, text)
    is_parsed_or_refused(parse_orderby, text)
    is_parsed_or_refused(lambda value: split_expand(value, "$expand"), text)


@given(st.text(alphabet="()'/,:;-=* \n01aeZTLn$.\"", max_size=3000))
@settings(max_examples=200)
def test_any_heap_of_signs_is_parsed_or_refused(text: str) -> None:
    is_parsed_or_refused(parse_filter, text)
    is_parsed_or_refused(lambda value: split_expand(value, "$expand"), text)


@pytest.mark.parametrize(
    "scrap", ["(", "'", "not ", "-", "a eq 1 or ", "a/", "tolower(", "a/any(x:", "1 add ", "''", "a,"]
)
def test_the_largest_heap_of_one_scrap_is_parsed_or_refused(scrap: str) -> None:
    for size in (33, 1_000, 32_768):
        text = (scrap * size)[:32_768]
        is_parsed_or_refused(parse_filter, text)
        is_parsed_or_refused(parse_orderby, text)
        is_parsed_or_refused(lambda value: split_expand(value, "$expand"), text)


@given(words=st.lists(st.sampled_from(SCRAPS), max_size=12))
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_understood_runs_on_the_database(workshop: Session, words: list[str]) -> None:
    text = " ".join(words)
    for option in ("$filter", "$orderby", "$select", "$expand"):
        call = workshop_call(workshop, {option: text})
        with suppress(InvalidRequest):
            read_set(call, JOBS)


operand = st.sampled_from(NAMES)
value = st.sampled_from([*VALUES, "now()"])
types = st.sampled_from(words_of("Edm.String Edm.Int64 Edm.Double Edm.Date Edm.Guid Edm.Boolean JobDto X.JobState"))
term = st.recursive(
    operand | value,
    lambda inner: st.one_of(
        st.builds(
            "{}({})".format,
            st.sampled_from(
                ["tolower", "trim", "length", "year", "second", "date", "time", "floor", "round", "totalseconds", "-"]
            ),
            inner,
        ),
        st.builds("{}({},{})".format, st.sampled_from(["concat", "indexof", "substring"]), inner, inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["add", "sub", "mul", "div", "divby", "mod"]), inner),
    ),
    max_leaves=4,
)
condition = st.recursive(
    st.one_of(
        st.builds("{} {} {}".format, term, st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]), term),
        st.builds("{}({},{})".format, st.sampled_from(["contains", "startswith", "endswith"]), term, term),
        st.builds("{} in ({},{})".format, term, value, value),
        st.builds("{} has {}".format, operand, value),
        st.builds("isof({},{})".format, operand, types),
        st.builds("cast({},{}) eq {}".format, term, types, value),
        operand,
    ),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not ({})".format, inner),
        st.builds("({}) eq {}".format, inner, st.sampled_from(["true", "false"])),
        st.builds("{}/{}(t: {})".format, st.sampled_from(["Tags", "Marks"]), st.sampled_from(["any", "all"]), inner),
    ),
    max_leaves=4,
)


@given(text=condition)
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_well_formed_runs_or_is_refused(workshop: Session, text: str) -> None:
    with suppress(InvalidRequest):
        read_set(workshop_call(workshop, {"$filter": text, "$select": "Id"}), JOBS)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "gt": lambda left, right: left > right,
    "ge": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "le": lambda left, right: left <= right,
}


def compared(name: str, operator: str, written: str, wanted: Any) -> Rule:
    def holds(row: Row) -> bool:
        found = row[name]
        found = found.lower() if isinstance(found, str) else found
        if operator == "ne":
            return bool(found != wanted)
        return found is not None and TESTS[operator](found, wanted)

    return f"{name} {operator} {written}", holds


def about_text(function: str, part: str) -> Rule:
    def holds(row: Row) -> bool:
        if row["Name"] is None:
            return False
        name, sought = row["Name"].lower(), part.lower()
        if function == "contains":
            return sought in name
        return bool(name.startswith(sought) if function == "startswith" else name.endswith(sought))

    return f"{function}(Name,{quoted(part)})", holds


def one_of(numbers: list[int]) -> Rule:
    return f"Priority in ({','.join(map(str, numbers))})", lambda row: row["Priority"] in numbers


def reckoned(number: int) -> Rule:
    def holds(row: Row) -> bool:
        return row["Priority"] is not None and row["Priority"] * 2 + 1 > number

    return f"Priority mul 2 add 1 gt {number}", holds


def junction(is_and: bool, rules: list[Rule]) -> Rule:
    word, join = (" and ", all) if is_and else (" or ", any)
    return f"({word.join(text for text, _ in rules)})", lambda row: join(rule(row) for _, rule in rules)


def inverse(rule: Rule) -> Rule:
    return f"not ({rule[0]})", lambda row: not rule[1](row)


operators = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
# ASCII alone: beyond it SQLite does not know upper from lower case, see the README of the OData layer.
texts = st.sampled_from(["Invoice", "invoice TWO", "O'Brien", "50% off_now", "", "zz"]) | st.text(
    "abIO'%_ ", max_size=4
)
moments = st.integers(0, 7).map(lambda day: datetime(2026, 11, 1 + day, 8, 30, 15, tzinfo=UTC))
simple = st.one_of(
    st.builds(lambda op, text: compared("Name", op, quoted(text), text.lower()), operators, texts),
    st.builds(lambda op, number: compared("Priority", op, str(number), number), operators, st.integers(-5, 25)),
    st.builds(
        lambda op, late: compared("IsLate", op, str(late).lower(), late), st.sampled_from(["eq", "ne"]), st.booleans()
    ),
    st.builds(lambda op, moment: compared("CreationTime", op, moment.isoformat(), moment), operators, moments),
    st.builds(
        lambda op, word: compared("State", op, quoted(word), JOB_STATE.members[word]),
        operators,
        st.sampled_from(sorted(JOB_STATE.members)),
    ),
    st.builds(about_text, st.sampled_from(["contains", "startswith", "endswith"]), texts),
    st.builds(one_of, st.lists(st.integers(-5, 25), min_size=1, max_size=4)),
    st.builds(reckoned, st.integers(-10, 50)),
)
rules = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(junction, st.booleans(), st.lists(inner, min_size=2, max_size=3)), st.builds(inverse, inner)
    ),
    max_leaves=8,
)


@given(rule=rules)
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_and_python_agree(workshop: Session, rule: Rule) -> None:
    text, holds = rule
    rows = workshop.query(Job).filter(Job.tenant_id == "t1").order_by(Job.id).all()
    wanted = [
        row.id
        for row in rows
        if holds(
            {
                "Name": row.name,
                "Priority": row.priority,
                "IsLate": row.is_late,
                "CreationTime": row.created_at,
                "State": row.state,
            }
        )
    ]
    content = read_set(workshop_call(workshop, {"$filter": text, "$select": "Id"}), JOBS).content
    assert [each["Id"] for each in content["value"]] == wanted
