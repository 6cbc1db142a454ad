"""One verdict, and whether its time grows with the number of keys or with the operations of a grant."""

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from statistics import median

from bench.figures import Figure, at_most
from bench.run import Run
from bench.timing import time_calls
from stagedoor.access.verdict import Judge
from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Operation
from stagedoor.passage import (
    Allowance,
    Allowed,
    Caller,
    CallerKind,
    CredentialKind,
    FolderPlace,
    GrantTerms,
    TenantPlace,
)

ROW = "verdict"
FEW_KEYS, MANY_KEYS = 10, 100_000
ROUNDS = 7
CALLS_A_ROUND = 20_000
GRANTS_IN_USE = 50
TENANT = TenantPlace(organization_id="acme", organization_name="acme", tenant_id="dev", tenant_name="dev")
TENANT_IDS = frozenset((TENANT.tenant_id,))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Question = tuple[Caller, Operation]


def measure(run: Run) -> list[Figure]:
    """Return microseconds a verdict, and the two ratios that are to stay near 1."""
    chance = random.Random(7)
    run.progress.say(f"{ROW}: {FEW_KEYS} and {MANY_KEYS:,} keys")
    few, many = (_questions(_callers(count, chance), chance) for count in (FEW_KEYS, MANY_KEYS))
    few_us, many_us = _compare(few, many)
    run.progress.say(f"{ROW}: grants of 1 and of {len(CATALOG.operations)} operations")
    narrow, wide = (_questions([_caller(number, grant)], chance) for number, grant in enumerate(_extremes()))
    narrow_us, wide_us = _compare(narrow, wide)
    run.progress.say(f"{ROW}: the first one of each grant")
    first_us = [median(time_calls(_ask(Judge(CATALOG)), _first_questions(chance))) for _ in range(ROUNDS)]
    budget = at_most(20)
    return [
        Figure(row=ROW, name=f"{FEW_KEYS} keys", samples=few_us, unit="µs", budget=budget),
        Figure(row=ROW, name=f"{MANY_KEYS:,} keys", samples=many_us, unit="µs", budget=budget),
        _ratio(f"{FEW_KEYS} to {MANY_KEYS:,} keys", few_us, many_us),
        Figure(row=ROW, name="a grant of 1 operation", samples=narrow_us, unit="µs", budget=budget),
        Figure(row=ROW, name=f"a grant of {len(CATALOG.operations)}", samples=wide_us, unit="µs", budget=budget),
        _ratio(f"1 to {len(CATALOG.operations)} operations", narrow_us, wide_us),
        Figure(row=ROW, name="the first one of a grant", samples=first_us, unit="µs"),
    ]


def _compare(some: list[Question], others: list[Question]) -> tuple[list[float], list[float]]:
    """Time both in turn, so that a busy moment of the machine meets both."""
    ask = _ask(Judge(CATALOG))
    for question in (*some, *others):
        ask(question)
    rounds = [(median(time_calls(ask, some)), median(time_calls(ask, others))) for _ in range(ROUNDS)]
    return [first for first, _ in rounds], [second for _, second in rounds]


def _ratio(name: str, some_us: list[float], others_us: list[float]) -> Figure:
    samples = [other / one for one, other in zip(some_us, others_us, strict=True)]
    return Figure(row=ROW, name=f"growth from {name}", samples=samples, unit="×", budget=at_most(1.2))


def _ask(judge: Judge) -> Callable[[Question], None]:
    def ask(question: Question) -> None:
        caller, operation = question
        verdict = judge.judge(caller, operation, FOLDER, tenant=TENANT, client_address="127.0.0.1", now=NOW)
        assert isinstance(verdict, Allowed), verdict

    return ask


FOLDER = FolderPlace(
    id=1, key="6b1c0a4e-0f53-4c9a-9d1b-0f6a2a4f1f0a", path="Shared", lineage=("6b1c0a4e-0f53-4c9a-9d1b-0f6a2a4f1f0a",)
)


def _callers(count: int, chance: random.Random) -> list[Caller]:
    # Keys that allow the same share what they allow, as on the key ring.
    grants = [
        _grant(tuple(operation.id for operation in chance.sample(CATALOG.operations, chance.randint(1, 10))))
        for _ in range(GRANTS_IN_USE)
    ]
    return [_caller(number, chance.choice(grants)) for number in range(count)]


def _extremes() -> tuple[tuple[Allowance, ...], tuple[Allowance, ...]]:
    every = tuple(operation.id for operation in CATALOG.operations)
    return _grant(every[-1:]), _grant(every)


def _first_questions(chance: random.Random) -> list[Question]:
    triples = product(CATALOG.operations, repeat=3)
    grants = [_grant(tuple(operation.id for operation in next(triples))) for _ in range(2000)]
    return _questions([_caller(number, grant) for number, grant in enumerate(grants)], chance, len(grants))


def _grant(operations: tuple[str, ...]) -> tuple[Allowance, ...]:
    return (Allowance(allow=operations, tenant_id="dev"),)


def _questions(callers: list[Caller], chance: random.Random, count: int = CALLS_A_ROUND) -> list[Question]:
    """Each from a key drawn by chance, about an operation that it was given."""
    drawn = callers if count == len(callers) else chance.choices(callers, k=count)
    return [(caller, CATALOG.get_operation(caller.terms.allowances[0].allow[-1])) for caller in drawn]


def _caller(number: int, allowances: tuple[Allowance, ...]) -> Caller:
    return Caller(
        kind=CallerKind.API_USER,
        id=str(uuid.UUID(int=number)),
        name=f"api user {number}",
        organization_id="acme",
        credential_kind=CredentialKind.ACCESS_KEY,
        credential_id=f"{number:010}",
        terms=GrantTerms(allowances),
        tenant_ids=TENANT_IDS,
    )
