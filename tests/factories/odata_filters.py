"""Filters over the workshop's jobs that have a meaning, drawn by Hypothesis, and the jobs that they are tried on."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.factories.workshop import JOB_STATE, TENANT, Job, JobTag, Machine, Robot, Tag

from stagedoor.orchestrator.odata.metadata import NAMESPACE

Filters = st.SearchStrategy[str]

NAMES = ["invoice", "invoice two", "o'brien", "alpha", "beta gamma", "zz", "a"]
ORDERS = ["eq", "ne", "gt", "ge", "lt", "le"]


def add_jobs(session: Session, count: int, *, all_there: bool) -> None:
    """Add jobs of our tenant that differ in everything; with ``all_there`` no value is missing, and texts are small."""
    random = Random(5)

    def perhaps(value: Any) -> Any:
        return value if all_there or random.random() < 0.7 else None

    for number in range(count):
        name = random.choice(NAMES)
        created = datetime(2026, random.choice([1, 11]), random.randint(1, 5), random.randint(0, 23), 30, tzinfo=UTC)
        session.add(
            Job(
                id=1_000 + number,
                tenant_id=TENANT,
                key=f"00000000-0000-0000-0000-{number + 1_000:012d}",
                state=random.choice(list(JOB_STATE.members.values())),
                name=perhaps(name if all_there or random.random() < 0.5 else name.title()),
                secret_code=name,
                priority=perhaps(random.randint(0 if all_there else -5, 12)),
                cost=perhaps(random.choice([0.25, 1.5, 2.5, 10.0])),
                is_late=random.random() < 0.5,
                created_at=created,
                ended_at=perhaps(created + timedelta(hours=random.randint(0, 40), microseconds=500_000)),
                span=perhaps(timedelta(minutes=random.randint(0, 5) * 30)),
                robot_id=perhaps(random.choice([123, 124, 200])),
                settings=perhaps({"Mode": random.choice(["Fast", "slow"]), "Retries": random.randint(0, 3)}),
                marks=perhaps(
                    [{"Name": random.choice("ab"), "Weight": random.randint(0, 3)} for _ in range(number % 3)]
                ),
                numbers=perhaps([random.randint(0, 3) for _ in range(number % 3)]),
            )
        )
        if number % 2:
            session.add(JobTag(job_id=1_000 + number, tag_id=1 + number % 3))
    session.flush()


def rows_of(session: Session) -> dict[int, dict[str, Any]]:
    """Return our tenant's jobs as plain dictionaries by their ids, with what they lead to, read without the layer."""
    words = {number: word for word, number in JOB_STATE.members.items()}
    machines = {machine.id: {"Id": machine.id, "Name": machine.name} for machine in _ours(session, Machine)}
    robots = {
        robot.id: {
            "Id": robot.id,
            "Name": robot.name,
            "Type": robot.type,
            "Machine": machines.get(robot.machine_id),
        }
        for robot in _ours(session, Robot)
    }
    tags = {tag.id: {"Id": tag.id, "Name": tag.name} for tag in _ours(session, Tag)}
    pairs = session.scalars(select(JobTag)).all()
    return {
        job.id: {
            "Id": job.id,
            "Key": job.key,
            "State": words[job.state],
            "Name": job.name,
            "Priority": job.priority,
            "Cost": job.cost,
            "IsLate": job.is_late,
            "CreationTime": job.created_at,
            "EndTime": job.ended_at,
            "Span": job.span,
            "Robot": robots.get(job.robot_id),
            "Tags": [tags[pair.tag_id] for pair in pairs if pair.job_id == job.id and pair.tag_id in tags],
            # A member of another type than the declared one counts as missing.
            "Settings": job.settings and {name: part for name, part in job.settings.items() if part != "many"},
            "Marks": job.marks,
            "Numbers": job.numbers,
        }
        for job in sorted(_ours(session, Job), key=lambda job: job.id)
    }


def _ours(session: Session, model: Any) -> Sequence[Any]:
    return session.scalars(select(model).where(model.tenant_id == TENANT)).all()


def quoted(text: str) -> str:
    """Return a text as a filter writes it."""
    return "'" + text.replace("'", "''") + "'"


orders = st.sampled_from(ORDERS)
equalities = st.sampled_from(["eq", "ne"])
whole_numbers = st.integers(-3, 13).map(str)
small_texts = st.sampled_from([*NAMES, "", "in", "red", "fast", "bob"]).map(quoted)
small_numbers = st.integers(0, 3).map(str)
moments = st.builds(
    "2026-{}-0{}T{}:30:00Z".format, st.sampled_from(["01", "11"]), st.integers(1, 5), st.integers(10, 23)
)
days = st.builds("2026-{}-0{}".format, st.sampled_from(["01", "11"]), st.integers(1, 5))
clocks = st.builds("{}:{}:00".format, st.integers(10, 23), st.sampled_from(["00", "30"]))
time_parts = st.sampled_from(["year", "month", "day", "hour", "minute", "second"])


def numbers_from(fields: Filters, texts: Filters) -> Filters:
    """Return terms that are whole numbers, each with a property in it."""
    parts = st.builds("{}({})".format, time_parts, st.just("CreationTime"))
    leaves = st.one_of(fields, parts, st.builds("length({})".format, texts))
    return st.recursive(
        leaves,
        lambda inner: st.builds(
            "({} {} {})".format, inner, st.sampled_from(["add", "sub", "mul"]), st.one_of(inner, small_numbers)
        ),
        max_leaves=3,
    )


def texts_from(fields: Filters) -> Filters:
    """Return terms that are texts, each with a property in it."""
    return st.recursive(
        fields,
        lambda inner: st.one_of(
            st.builds("{}({})".format, st.sampled_from(["tolower", "trim"]), inner),
            st.builds("concat({},{})".format, inner, small_texts),
            st.builds("substring({},{})".format, inner, small_numbers),
            st.builds("substring({},{},{})".format, inner, small_numbers, small_numbers),
        ),
        max_leaves=3,
    )


def joined(conditions: Filters, *more: Filters) -> Filters:
    """Return conditions joined by ``and`` and ``or`` and turned round, beside those made of them by ``more``."""
    return st.recursive(
        conditions,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
            st.builds("not ({})".format, inner),
            *more,
        ),
        max_leaves=5,
    )


_texts = texts_from(st.sampled_from(["Name", "Robot/Name", "Robot/Machine/Name", "Settings/Mode"]))
_numbers = numbers_from(st.sampled_from(["Priority", "Id", "Robot/Machine/Id"]), _texts)
_text_tests = st.sampled_from(["contains", "startswith", "endswith"])
_conditions = st.one_of(
    st.builds("{} {} {}".format, _numbers, orders, st.one_of(_numbers, whole_numbers)),
    st.builds("{} {} {}".format, _texts, orders, small_texts),
    st.builds("{}({},{})".format, _text_tests, _texts, small_texts),
    st.builds("{} in ({},{})".format, _texts, small_texts, small_texts),
    st.builds("Priority in ({},{})".format, whole_numbers, whole_numbers),
    st.builds("{} {} null".format, st.sampled_from(["Name", "Priority", "EndTime", "Robot/Name"]), equalities),
    st.builds("State {} {}".format, equalities, st.sampled_from(sorted(JOB_STATE.members)).map(quoted)),
    st.builds("IsLate {} {}".format, equalities, st.sampled_from(["true", "false"])),
    st.builds("{} {} {}".format, st.sampled_from(["CreationTime", "EndTime"]), orders, moments),
    st.builds("date({}) {} {}".format, st.sampled_from(["CreationTime", "EndTime"]), orders, days),
    st.builds("time({}) {} {}".format, st.sampled_from(["CreationTime", "EndTime"]), orders, clocks),
    st.builds("EndTime sub CreationTime {} duration'PT{}H'".format, orders, st.integers(0, 40)),
    st.builds("Span {} duration'PT{}M'".format, orders, st.sampled_from([0, 30, 60, 90])),
    st.builds("EndTime {} CreationTime".format, orders),
    st.builds("{}(Cost) {} {}".format, st.sampled_from(["round", "floor", "ceiling"]), orders, small_numbers),
    st.builds(
        "{} {} {}".format, st.sampled_from(["Cost", "Cost add 0.5"]), orders, st.sampled_from(["1.5", "2", "0.25"])
    ),
    st.builds("Settings/Retries {} {}".format, orders, small_numbers),
    st.builds("indexof({},{}) {} {}".format, _texts, small_texts, orders, small_numbers),
    st.builds("Priority {} {} {} {}".format, st.sampled_from(["div", "mod"]), small_numbers, orders, small_numbers),
    st.sampled_from(["IsLate", "Tags/any()", "Marks/any()", "Numbers/any()", "CreationTime lt now()"]),
    st.builds(
        "Tags/{}(t: t/Name {} {})".format, st.sampled_from(["any", "all"]), orders, st.sampled_from(["'red'", "'blue'"])
    ),
    st.builds("Marks/{}(m: m/Weight {} {})".format, st.sampled_from(["any", "all"]), orders, small_numbers),
    st.builds("Marks/{}(m: m/Name eq {})".format, st.sampled_from(["any", "all"]), st.sampled_from(["'a'", "'B'"])),
    st.builds("Numbers/{}(n: n {} {})".format, st.sampled_from(["any", "all"]), orders, small_numbers),
    st.builds("Tags/any(t: t/Id {} 1 and Priority {} {})".format, orders, orders, whole_numbers),
)

filters = joined(_conditions)
"""Filters of everything that the layer and the reference both know."""

_plain_texts = texts_from(st.just("Name"))
_plain_numbers = numbers_from(st.sampled_from(["Priority", "Id"]), _plain_texts)
_plain_conditions = st.one_of(
    st.builds("{} {} {}".format, _plain_numbers, orders, st.one_of(_plain_numbers, whole_numbers)),
    st.builds("{} {} {}".format, _plain_texts, orders, small_texts),
    st.builds("{}(Name,{})".format, _text_tests, small_texts),
    st.builds("Name in ({},{})".format, small_texts, small_texts),
    st.builds("Priority in ({},{})".format, whole_numbers, whole_numbers),
    st.builds("IsLate {} {}".format, equalities, st.sampled_from(["true", "false"])),
    st.builds("CreationTime {} {}".format, orders, moments),
    st.builds("Cost {} {}".format, orders, st.sampled_from(["1.5", "2", "0.25"])),
)

plain_filters = joined(_plain_conditions)
"""Filters of which every reader says the same where no value is missing and all texts are in small letters."""

_word = st.sampled_from(sorted(JOB_STATE.members)).map(f"{NAMESPACE}.JobState'{{}}'".format)
typed_filters = joined(
    st.one_of(
        _plain_conditions,
        st.builds("State {} {}".format, equalities, _word),
        st.builds("State in ({},{})".format, _word, _word),
        st.builds("indexof(Name,{}) {} {}".format, small_texts, orders, small_numbers),
        st.builds(
            "Priority {} {} {} {}".format, st.sampled_from(["div", "mod"]), st.integers(1, 3), orders, small_numbers
        ),
        st.builds("{}(Cost) {} {}".format, st.sampled_from(["round", "floor", "ceiling"]), orders, small_numbers),
        st.builds("date(CreationTime) {} {}".format, orders, days),
        st.builds("time(CreationTime) {} {}".format, orders, clocks),
        st.builds("EndTime sub CreationTime {} duration'PT{}H'".format, orders, st.integers(0, 40)),
        st.builds("fractionalseconds(EndTime) {} 0.5".format, orders),
        st.builds("cast(Priority,Edm.String) {} {}".format, equalities, small_numbers.map(quoted)),
        st.builds("Settings/Retries {} {}".format, orders, small_numbers),
        st.builds("Marks/{}(m: m/Weight {} {})".format, st.sampled_from(["any", "all"]), orders, small_numbers),
        st.builds("Numbers/{}(n: n {} {})".format, st.sampled_from(["any", "all"]), orders, small_numbers),
    )
)
"""Filters of which a reader who knows the entity's types says the same as we."""
