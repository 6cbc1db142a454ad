"""Times and grants in the words of the pages."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from stagedoor.catalog import CATALOG
from stagedoor.catalog.words import phrase, scope_phrase
from stagedoor.kit.clock import Clock

WORDS_SHOWN_MAX = 2
_STEPS = (
    (timedelta(minutes=1), timedelta(seconds=1), "second"),
    (timedelta(hours=1), timedelta(minutes=1), "minute"),
    (timedelta(days=1), timedelta(hours=1), "hour"),
    (timedelta(days=100), timedelta(days=1), "day"),
    (timedelta(days=730), timedelta(days=30), "month"),
)


class Wording:
    """The filters of the templates. Times come as the API writes them (RFC 3339) or as ``datetime``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def filters(self) -> dict[str, Callable[..., object]]:
        """Return them by the names that templates use."""
        return {
            "ago": self.ago,
            "day": day,
            "exact": exact,
            "may": short_grant,
            "selector_words": selector_words,
            "count": count,
            "sentence": sentence,
        }

    def ago(self, when: str | datetime | None) -> str:
        """Return a time as people say it: ``3 minutes ago``, ``in 12 days``, ``never`` for none."""
        if when is None:
            return "never"
        distance = read_time(when) - self._clock.now()
        size = abs(distance)
        if size < timedelta(seconds=5):
            return "just now"
        words = _size_in_words(size)
        return f"in {words}" if distance > timedelta(0) else f"{words} ago"


def read_time(when: str | datetime) -> datetime:
    """Return a time of the API as a ``datetime`` in UTC; one without a zone is UTC."""
    read = when if isinstance(when, datetime) else datetime.fromisoformat(when)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def exact(when: str | datetime) -> str:
    """Return a time to the second, for those who compare with a log."""
    return f"{read_time(when):%Y-%m-%d %H:%M:%S} UTC"


def day(when: str | datetime) -> str:
    """Return the day alone: ``3 May 2026``."""
    read = read_time(when)
    return f"{read.day} {read:%B %Y}"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 key``, ``3 keys``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short_grant(allow: Sequence[str]) -> str:
    """Return what a key may do, in short: its first words and how many more there are."""
    said = [selector_words(selector) for selector in allow[:WORDS_SHOWN_MAX]]
    left = len(allow) - len(said)
    return sentence(", ".join(said) + (f" and {left} more" if left else ""))


def sentence(text: str) -> str:
    """Return the text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def selector_words(selector: str) -> str:
    """Return one word of a grant as people say it: ``start jobs of a process`` for ``Jobs_StartJobs``."""
    kind, colon, word = selector.partition(":")
    if not colon:
        if selector.lower() == "all":
            return "everything"
        operation = CATALOG.find_operation(selector)
        return selector if operation is None else phrase(operation)
    match kind.lower():
        case "scope":
            return scope_phrase(word)
        case "tag":
            return f"every operation of {word}"
        case _:
            return f"what the {kind} {word} covers"


def _size_in_words(size: timedelta) -> str:
    for below, unit, name in _STEPS:
        if size < below:
            return count(size // unit, name)
    return count(size // timedelta(days=365), "year")
