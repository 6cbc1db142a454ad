"""Values as a query writes them into values as the store keeps them, guided by what they are compared with."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from stagedoor.orchestrator.entity import EdmType, EnumType, Property
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.odata.bound import Applied, Field, Kind, Term, Value
from stagedoor.orchestrator.odata.bounds import INT64_MAX
from stagedoor.orchestrator.odata.literals import read_clock, read_duration, read_guid, read_time
from stagedoor.orchestrator.odata.problem import query_problem, shorten
from stagedoor.orchestrator.odata.tree import GuidText, Literal, LiteralValue, PrefixedText
from stagedoor.orchestrator.odata.words import Words, find_words

KINDS: dict[EdmType, Kind] = {
    EdmType.STRING: Kind.TEXT,
    EdmType.INT32: Kind.INTEGER,
    EdmType.INT64: Kind.INTEGER,
    EdmType.BOOLEAN: Kind.BOOLEAN,
    EdmType.DOUBLE: Kind.NUMBER,
    EdmType.DECIMAL: Kind.NUMBER,
    EdmType.DATE_TIME_OFFSET: Kind.TIME,
    EdmType.GUID: Kind.GUID,
    EdmType.DURATION: Kind.DURATION,
}
NUMERIC = (Kind.INTEGER, Kind.NUMBER)
TEXTUAL = (Kind.TEXT, Kind.GUID)

_HINTS = {
    Kind.TEXT: "Put texts in single quotes: 'text'.",
    Kind.GUID: "Write a GUID of 36 characters, with or without single quotes.",
    Kind.INTEGER: "Write a number without quotes.",
    Kind.NUMBER: "Write a number without quotes.",
    Kind.BOOLEAN: "Write true or false without quotes.",
    Kind.TIME: "Write a time in UTC such as 2024-01-31T08:00:00Z.",
    Kind.DAY: "Write a day such as 2024-01-31.",
    Kind.CLOCK: "Write a time of day such as 08:30:00.",
    Kind.DURATION: "Write a duration such as duration'PT1H'.",
}


def kind_of(part: Property) -> Kind:
    """Return what a searchable property can be compared with."""
    if isinstance(part.type, EnumType):
        return Kind.ENUM
    assert isinstance(part.type, EdmType)  # noqa: S101  # complex types are not searchable
    return KINDS[part.type]


def plain_value(literal: Literal, option: str) -> Value:
    """Return a literal that stands where nothing says what it should be."""
    match literal.value:
        case None:
            return Value(None, Kind.NULL)
        case bool():
            return Value(literal.value, Kind.BOOLEAN)
        case int():
            return Value(literal.value, Kind.INTEGER)
        case Decimal():
            # ``3.0`` stays a fraction here, so that ``3.0 div 2`` is 1.5.
            return Value(float(literal.value), Kind.NUMBER)
        case str():
            return Value(literal.value, Kind.TEXT)
        case GuidText():
            return Value(literal.value.text, Kind.GUID)
        case datetime():
            return Value(literal.value, Kind.TIME)
        case date():
            return Value(literal.value, Kind.DAY)
        case time():
            return Value(literal.value, Kind.CLOCK)
        case timedelta():
            return Value(literal.value, Kind.DURATION)
        case _:
            raise query_problem(
                option, f"a value of type {shorten(literal.value.prefix)} is not expected here.", at=literal.at
            )


def value_for(literal: Literal, term: Term, option: str) -> Value:
    """Return a literal as the value that ``term`` is compared with.

    Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` when it is of another type, saying how to write it.
    """
    written = literal.value
    if written is None:
        return Value(None, Kind.NULL)
    words = find_words(term)
    if words is not None:
        return _member(literal, words, option)
    found: Value | None = None
    match term.kind:
        case Kind.TEXT:
            found = _text(literal)
        case Kind.GUID:
            found = _guid(literal)
        case Kind.BOOLEAN if isinstance(written, bool):
            found = Value(written, Kind.BOOLEAN)
        case Kind.INTEGER | Kind.NUMBER if isinstance(written, int | Decimal) and not isinstance(written, bool):
            found = _number(written)
        case Kind.TIME:
            found = _time(literal)
        case Kind.DAY:
            found = _day(literal)
        case Kind.CLOCK:
            found = _clock(literal)
        case Kind.DURATION:
            found = _duration(literal)
        case _:
            pass
    if found is None:
        wanted = f"{_name(term)} is {term.kind.value}"
        raise query_problem(
            option, f"{wanted}; this value is of another type.", at=literal.at, hint=_HINTS.get(term.kind)
        )
    return found


def can_compare(left: Kind, right: Kind) -> bool:
    """Tell whether two terms, neither of them a constant, can be compared."""
    return (
        left is right or (left in NUMERIC and right in NUMERIC) or (left in TEXTUAL and right in TEXTUAL)
    ) and left is not Kind.NULL


def _text(literal: Literal) -> Value | None:
    match literal.value:
        case str():
            return Value(literal.value, Kind.TEXT)
        case GuidText() | PrefixedText():
            return Value(literal.value.text, Kind.TEXT)
        case _:
            return None


def _guid(literal: Literal) -> Value | None:
    if isinstance(literal.value, GuidText):
        return Value(literal.value.text, Kind.GUID)
    if isinstance(literal.value, str):
        guid = read_guid(literal.value.strip("{}"))
        return None if guid is None else Value(guid, Kind.GUID)
    return None


def _time(literal: Literal) -> Value | None:
    written = literal.value
    if isinstance(written, str):
        written = read_time(written)
    if isinstance(written, datetime):
        return Value(written, Kind.TIME)
    if isinstance(written, date):
        return Value(datetime.combine(written, time.min, UTC), Kind.TIME)
    return None


def _day(literal: Literal) -> Value | None:
    moment = _time(literal)
    return Value(moment.value.date(), Kind.DAY) if moment and isinstance(moment.value, datetime) else None


def _clock(literal: Literal) -> Value | None:
    written = read_clock(literal.value) if isinstance(literal.value, str) else literal.value
    return Value(written, Kind.CLOCK) if isinstance(written, time) else None


def _duration(literal: Literal) -> Value | None:
    written = read_duration(literal.value) if isinstance(literal.value, str) else literal.value
    return Value(written, Kind.DURATION) if isinstance(written, timedelta) else None


def _number(number: int | Decimal) -> Value:
    whole = int(number)
    if whole == number and -INT64_MAX <= whole <= INT64_MAX:
        return Value(whole, Kind.INTEGER)
    return Value(float(number), Kind.NUMBER)


def flagged_members(flags: Literal, words: Words, option: str) -> tuple[Value, ...]:
    """Return the words of a list that have all the flags of ``flags``: one word or some with commas, or a number."""
    written = flags.value.text if isinstance(flags.value, PrefixedText) else flags.value
    wanted = 0
    for flag in written.split(",") if isinstance(written, str) else [written]:
        number = words.find_number(flag)
        if number is None:
            # A number may be that of no single word.
            if not isinstance(flag, int) or isinstance(flag, bool):
                raise _no_member(flag, words, flags.at, option)
            number = flag
        wanted |= number
    return tuple(
        Value(word if words.stores_words else number, Kind.ENUM)
        for word, number in words.enum.members.items()
        if number & wanted == wanted
    )


def _member(literal: Literal, words: Words, option: str) -> Value:
    written = literal.value.text if isinstance(literal.value, PrefixedText) else literal.value
    number = words.find_number(written)
    if number is None:
        raise _no_member(written, words, literal.at, option)
    return Value(words.enum.word(number) if words.stores_words else number, Kind.ENUM)


def _no_member(written: LiteralValue, words: Words, at: int, option: str) -> InvalidRequest:
    shown = shorten(str(written)) if isinstance(written, str | int) else "this"
    hint = f"It is one of {', '.join(words.enum.members)}."
    return query_problem(option, f"{words.property_name} has no value {shown}.", at=at, hint=hint)


def _name(term: Term) -> str:
    if isinstance(term, Field):
        return term.property.name
    return f"{term.function}(…)" if isinstance(term, Applied) else "the other side"
