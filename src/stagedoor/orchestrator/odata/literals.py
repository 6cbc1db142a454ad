"""Tokens into values: numbers, texts, times and what version 3 wrote in front of quotes."""

import re
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal

from stagedoor.orchestrator.odata.bounds import INT64_MAX
from stagedoor.orchestrator.odata.lexer import Token, TokenKind
from stagedoor.orchestrator.odata.problem import query_problem, shorten
from stagedoor.orchestrator.odata.tree import GuidText, LiteralValue, PrefixedText

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,12}))?)?)?"
    r"([Zz]|[ +-][0-9]{2}:[0-9]{2})?"
)
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,12}))?)?")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DURATION = re.compile(
    r"(-)?P(?:([0-9]{1,7})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:\.([0-9]{1,12}))?S)?)?"
)


def literal_of(token: Token, option: str) -> LiteralValue:
    """Return the value of a token of one of the value kinds; raises for a day or a number that does not exist."""
    match token.kind:
        case TokenKind.TEXT:
            return unquote(token.text)
        case TokenKind.NUMBER:
            return _number(token, option)
        case TokenKind.GUID:
            return GuidText(token.text.lower())
        case TokenKind.TIME | TokenKind.DATE:
            moment = read_time(token.text)
            if moment is None:
                raise query_problem(option, f"{shorten(token.text)} is no day and time.", at=token.at)
            return moment.date() if token.kind is TokenKind.DATE else moment
        case TokenKind.CLOCK:
            clock = read_clock(token.text)
            if clock is None:
                raise query_problem(option, f"{shorten(token.text)} is no time of day.", at=token.at)
            return clock
        case _:
            return _prefixed(token, option)


def unquote(quoted: str) -> str:
    """Return the text between the quotes, each doubled quote once."""
    return quoted[1:-1].replace("''", "'")


def read_time(written: str) -> datetime | None:
    """Return the UTC time that an ISO 8601 text names, or ``None``.

    Without a zone it is UTC. A plus that arrived as a space (undone form encoding) counts as a plus. Digits below the
    microsecond are dropped.
    """
    match = _TIME.fullmatch(written)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=_zone(zone),
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_clock(written: str) -> time | None:
    """Return the time of day that ``08:30``, ``08:30:15`` or ``08:30:15.5`` names, or ``None``."""
    match = _CLOCK.fullmatch(written)
    if match is None:
        return None
    hour, minute, second, fraction = match.groups()
    try:
        return time(int(hour), int(minute), int(second or 0), int((fraction or "0")[:6].ljust(6, "0")))
    except ValueError:
        return None


def read_guid(written: str) -> str | None:
    """Return a GUID of 36 characters in lower case, or ``None``."""
    return written.lower() if _GUID.fullmatch(written) else None


def read_duration(written: str) -> timedelta | None:
    """Return the duration that an ISO 8601 text of days and shorter names (``P1DT2H``), or ``None``."""
    match = _DURATION.fullmatch(written)
    if match is None or not any(match.groups()[1:5]):
        return None
    minus, days, hours, minutes, seconds, fraction = match.groups()
    # The pattern bounds each number, and the sum with them.
    duration = timedelta(
        days=int(days or 0),
        hours=int(hours or 0),
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=int((fraction or "0")[:6].ljust(6, "0")),
    )
    return -duration if minus else duration


def _zone(written: str | None) -> timezone:
    if written is None or written in "Zz":
        return UTC
    offset = timedelta(hours=int(written[1:3]), minutes=int(written[4:6]))
    return timezone(-offset if written[0] == "-" else offset)


def _number(token: Token, option: str) -> int | Decimal:
    digits = token.text.rstrip("lLmMdDfF")
    if digits.isdigit() and token.text[-1] not in "mMdDfF":
        number = int(digits) if len(digits) <= 19 else INT64_MAX + 1
        if number > INT64_MAX:
            raise query_problem(option, f"{shorten(token.text)} is larger than a number can be.", at=token.at)
        return number
    if len(digits) > 40:
        raise query_problem(option, f"{shorten(token.text)} has too many digits.", at=token.at)
    value = Decimal(digits)
    if value.adjusted() > 300:
        raise query_problem(option, f"{shorten(token.text)} is larger than a number can be.", at=token.at)
    return value


def _prefixed(token: Token, option: str) -> LiteralValue:
    prefix, _, _ = token.text.partition("'")
    text = unquote(token.text[len(prefix) :])
    value: LiteralValue
    match prefix.lower():
        case "datetime" | "datetimeoffset" | "date":
            value = read_time(text)
        case "guid":
            guid = read_guid(text)
            value = None if guid is None else GuidText(guid)
        case "duration" | "time":
            value = read_duration(text)
        case _:
            return PrefixedText(prefix, text)
    if value is None:
        raise query_problem(option, f"{shorten(token.text)} is no {prefix.lower()}.", at=token.at)
    return value
