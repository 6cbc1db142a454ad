"""The target of `make fuzz` does what it is there for, with and without what coverage found."""

import pytest
from tests.factories.workshop import JOBS, opened_workshop, workshop_call
from tests.fuzz.odata_target import SEEDS, query_of, try_one

from stagedoor.orchestrator.odata.read import read_set


@pytest.mark.parametrize("seed", SEEDS)
def test_every_seed_is_understood(seed: str) -> None:
    with opened_workshop() as session:
        assert read_set(workshop_call(session, query_of(seed.encode())), JOBS).status == 200


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"$filter=" + b"(" * 40_000, b"Name eq", b"$filter=\0$top=-1", b"@p"]
)
def test_any_bytes_are_answered_or_refused(data: bytes) -> None:
    try_one(data)
