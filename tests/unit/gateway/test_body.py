"""A body is taken piece by piece, and never more of it than allowed."""

import asyncio
from typing import Any

import pytest

from stagedoor.gateway.body import declared_length, read_whole, stream
from stagedoor.gateway.errors import BodyTooLarge, CallerLeft

PIECES = [
    {"type": "http.request", "body": b"ab", "more_body": True},
    {"type": "http.request", "more_body": True},
    {"type": "http.request", "body": b"cd"},
]
GONE = {"type": "http.disconnect"}


class Caller:
    """A caller who sends these messages; ``asked`` counts how many were taken."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)
        self.asked = 0

    async def receive(self) -> dict[str, Any]:
        self.asked += 1
        return self.messages.pop(0)


def whole(caller: Caller, bytes_max: int = 4, declared: int | None = None) -> bytes:
    return asyncio.run(read_whole(caller.receive, bytes_max=bytes_max, declared=declared))


@pytest.mark.parametrize(("written", "length"), [(None, None), ("", None), ("0", 0), ("12", 12)])
def test_the_length_is_what_the_head_says(written: str | None, length: int | None) -> None:
    assert declared_length(written) == length


def test_pieces_become_one_body() -> None:
    assert whole(Caller(*PIECES), declared=4) == b"abcd"


def test_a_body_that_is_too_long_by_its_own_word_is_not_even_read() -> None:
    caller = Caller(*PIECES)
    with pytest.raises(BodyTooLarge):
        whole(caller, declared=5)
    assert caller.asked == 0


def test_reading_ends_at_the_first_byte_too_many() -> None:
    caller = Caller(PIECES[0], PIECES[0], *PIECES)
    with pytest.raises(BodyTooLarge):
        whole(caller, bytes_max=3)
    assert caller.asked == 2


def test_a_body_with_a_gap_is_no_body() -> None:
    with pytest.raises(CallerLeft):
        whole(Caller(PIECES[0], GONE))


def test_nothing_is_read_ahead_of_whoever_asks() -> None:
    caller = Caller(*PIECES)

    async def take_one() -> bytes:
        pieces = stream(caller.receive)
        first = await anext(pieces)
        await pieces.aclose()  # type: ignore[attr-defined]  # a generator, which its type does not say
        return first

    assert asyncio.run(take_one()) == b"ab"
    assert caller.asked == 1
