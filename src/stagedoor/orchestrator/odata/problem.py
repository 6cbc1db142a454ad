"""The refusals of the query language: each names the option, the place in it and what was expected there."""

from collections.abc import Iterable
from difflib import get_close_matches

from stagedoor.orchestrator.errors import InvalidRequest

_SHOWN_LENGTH_MAX = 40


def query_problem(option: str, sentence: str, *, at: int | None = None, hint: str | None = None) -> InvalidRequest:
    """Return the 400/1000 for one query option; ``at`` is the place in its value, counted from 0 and shown from 1."""
    place = "" if at is None else f" at position {at + 1}"
    details = {"option": option} if at is None else {"option": option, "position": at + 1}
    return InvalidRequest(f"{option}{place}: {sentence}", hint=hint, details=details)


def unknown_name(
    option: str, kind: str, name: str, owner: str, known: Iterable[str], *, at: int | None = None
) -> InvalidRequest:
    """Return the refusal of a name that the entity does not have, with the nearest names that it has."""
    names = sorted(known)
    by_folded = {word.lower(): word for word in names}
    near = [by_folded[word] for word in get_close_matches(name.lower()[:100], list(by_folded), n=3, cutoff=0.6)]
    if near:
        hint = f"Did you mean {' or '.join(near)}?"
    elif names:
        more = ", …" if len(names) > 12 else ""
        hint = f"{owner} has {', '.join(names[:12])}{more}."
    else:
        hint = f"{owner} has none."
    return query_problem(option, f"{owner} has no {kind} {shorten(name)}.", at=at, hint=hint)


def shorten(text: str) -> str:
    """Return the text in double angle quotes, cut where it is too long to show."""
    shown = text if len(text) <= _SHOWN_LENGTH_MAX else f"{text[:_SHOWN_LENGTH_MAX]}…"
    return f"«{shown}»"
