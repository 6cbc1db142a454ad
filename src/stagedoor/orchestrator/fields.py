"""Reading what a caller sent, one typed field at a time: each refusal names the field and what it wants.

A field that is absent or null reads as ``None``; a field of the wrong type is 400/1000. Fields nobody asks for are
ignored, as the vendor does.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, overload

from stagedoor.orchestrator.call import Body, Call, unwrap
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest

INT32_MAX = 2**31 - 1
INT64_MAX = 2**63 - 1
TEXT_LENGTH_MAX = 1024 * 1024
LIST_LENGTH_MAX = 1000

T = TypeVar("T")


def get_body(call: Call) -> Body:
    """Return the body, which has to be a JSON object."""
    if not isinstance(call.body, Body):
        raise InvalidRequest(
            f"The request body must be a JSON object, not {_kind(call.body)}.",
            hint="Send a JSON object with Content-Type: application/json.",
        )
    return call.body


def get_required(value: T | None, name: str) -> T:
    """Return the value of a field that has to be there."""
    if value is None:
        raise InvalidRequest(f"The {name} field is required.", details={"field": name})
    return value


def find_text(body: Body, name: str, *, length_max: int = TEXT_LENGTH_MAX) -> str | None:
    """Return a string field of at most ``length_max`` characters; an unpaired surrogate or a NUL is refused."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _wrong_type(name, "a string", value)
    if len(value) > length_max:
        raise InvalidRequest(
            f"The {name} field may have {length_max} characters; this one has {len(value)}.", details={"field": name}
        )
    if "\0" in value:
        # PostgreSQL cannot store it, and no name or text has a use for it.
        raise InvalidRequest(f"The {name} field contains a NUL character.", details={"field": name})
    return value


def get_text(body: Body, name: str, *, length_max: int = TEXT_LENGTH_MAX) -> str:
    """Return a string field that has to be there and may not be blank, without surrounding space."""
    text = (find_text(body, name, length_max=length_max) or "").strip()
    return get_required(text or None, name)


def find_integer(body: Body, name: str, *, least: int = 0, most: int = INT64_MAX) -> int | None:
    """Return a whole number between ``least`` and ``most``; numbers in quotes are taken too."""
    value = body.get(name)
    if value is None:
        return None
    number = _integer_of(value)
    if number is None:
        raise _wrong_type(name, "a whole number", value)
    if not least <= number <= most:
        raise InvalidRequest(f"The {name} field must lie between {least} and {most}.", details={"field": name})
    return number


def find_boolean(body: Body, name: str) -> bool | None:
    """Return true or false."""
    value = body.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise _wrong_type(name, "true or false", value)


def find_guid(body: Body, name: str) -> str | None:
    """Return a GUID in lower case with dashes."""
    value = body.get(name)
    if value is None:
        return None
    guid = read_guid(value) if isinstance(value, str) else None
    if guid is None:
        raise _wrong_type(name, "a GUID", value)
    return guid


def find_moment(body: Body, name: str) -> datetime | None:
    """Return a time in UTC from its ISO 8601 form; one without a zone is taken as UTC, as the vendor does."""
    written = find_text(body, name, length_max=64)
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidRequest(
            f"The {name} field must be a time such as 2030-01-31T08:00:00Z.", details={"field": name}
        ) from None


def find_enum(body: Body, name: str, enum_type: EnumType) -> int | None:
    """Return the stored number of an enumeration's word; the caller may write it in any case, or as a number."""
    value = body.get(name)
    if value is None:
        return None
    number = None
    if isinstance(value, str):
        number = enum_type.find_number(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = enum_type.find_number(str(value))
    if number is None:
        words = ", ".join(enum_type.members)
        raise InvalidRequest(f"The {name} field must be one of {words}.", details={"field": name})
    return number


def find_object(body: Body, name: str) -> dict[str, Any] | None:
    """Return a JSON object as an ordinary dictionary."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, Body):
        raise _wrong_type(name, "a JSON object", value)
    return value.plain()


def get_object(body: Body, name: str) -> Body:
    """Return a JSON object that has to be there, to be read field by field."""
    value = get_required(body.get(name), name)
    if not isinstance(value, Body):
        raise _wrong_type(name, "a JSON object", value)
    return value


def find_objects(body: Body, name: str, *, entries_max: int = LIST_LENGTH_MAX) -> list[Body] | None:
    """Return a list of JSON objects."""
    values = _find_list(body, name, entries_max=entries_max)
    if values is None:
        return None
    for value in values:
        if not isinstance(value, Body):
            raise _wrong_type(name, "a list of JSON objects", value)
    return values


def find_integers(body: Body, name: str, *, entries_max: int = LIST_LENGTH_MAX) -> list[int] | None:
    """Return a list of whole numbers, each of which the store can hold."""
    values = _find_list(body, name, entries_max=entries_max)
    if values is None:
        return None
    numbers = []
    for value in values:
        number = _integer_of(value)
        if number is None or not -INT64_MAX - 1 <= number <= INT64_MAX:
            raise _wrong_type(name, "a list of whole numbers", value)
        numbers.append(number)
    return numbers


def find_guids(body: Body, name: str) -> list[str] | None:
    """Return a list of GUIDs in lower case with dashes."""
    values = _find_list(body, name)
    if values is None:
        return None
    guids = []
    for value in values:
        guid = read_guid(value) if isinstance(value, str) else None
        if guid is None:
            raise _wrong_type(name, "a list of GUIDs", value)
        guids.append(guid)
    return guids


def find_texts(body: Body, name: str) -> list[str] | None:
    """Return a list of strings."""
    values = _find_list(body, name)
    if values is None:
        return None
    for value in values:
        if not isinstance(value, str):
            raise _wrong_type(name, "a list of strings", value)
    return values


def get_number_argument(call: Call, name: str) -> int:
    """Return a number from the path, such as the key in ``Folders(5)``."""
    number = read_integer(call.path_arguments[name])
    if number is None:
        raise InvalidRequest(f"The value of {name} in the path must be a whole number.", details={"field": name})
    return number


def get_guid_argument(call: Call, name: str) -> str:
    """Return a GUID from the path, such as ``GetByKey(identifier=…)``."""
    guid = read_guid(call.path_arguments[name])
    if guid is None:
        raise InvalidRequest(f"The value of {name} in the path must be a GUID.", details={"field": name})
    return guid


def get_query_guid(call: Call, name: str) -> str:
    """Return a GUID from the query, which has to be there."""
    guid = read_guid(call.query.get(name.lower(), ""))
    if guid is None:
        raise InvalidRequest(f"The query parameter {name} must be a GUID.", details={"field": name})
    return guid


def find_calling_job_key(call: Call) -> str | None:
    """Return the key of the job whose program calls, where it sends it (``X-UIPATH-JobKey``)."""
    return read_guid(call.headers.get("x-uipath-jobkey", ""))


@overload
def find_query_integer(call: Call, name: str, *, most: int = ...) -> int | None: ...
@overload
def find_query_integer(call: Call, name: str, *, default: int, most: int = ...) -> int: ...
def find_query_integer(call: Call, name: str, *, default: int | None = None, most: int = INT32_MAX) -> int | None:
    """Return a whole number of 0 or more from the query; what is above ``most`` counts as ``most``."""
    written = call.query.get(name.lower(), "")
    if not written:
        return default
    number = read_integer(written)
    if number is None or number < 0:
        raise InvalidRequest(f"The query parameter {name} must be a whole number.", details={"field": name})
    return min(number, most)


def get_query_integer(call: Call, name: str) -> int:
    """Return a whole number of 0 or more from the query, which has to be there."""
    number = find_query_integer(call, name, most=INT64_MAX)
    if number is None:
        raise InvalidRequest(f"The query parameter {name} is required.", details={"field": name})
    return number


def find_query_enum(call: Call, name: str, enum_type: EnumType) -> int | None:
    """Return the stored number of a word in the query, in any case or as a number; ``None`` where it is empty."""
    written = call.query.get(name.lower(), "")
    if not written:
        return None
    number = enum_type.find_number(written)
    if number is None:
        words = ", ".join(enum_type.members)
        raise InvalidRequest(f"The query parameter {name} must be one of {words}.", details={"field": name})
    return number


def read_query_boolean(call: Call, name: str) -> bool:
    """Return whether the query says true; what says neither true nor false is refused, and nothing is false."""
    written = call.query.get(name.lower(), "").lower()
    if written not in ("", "true", "false"):
        raise InvalidRequest(f"The query parameter {name} must be true or false.", details={"field": name})
    return written == "true"


def read_guid(written: str) -> str | None:
    """Return the canonical form of a GUID, or ``None``. Only the 36-letter form and its braces are taken."""
    bare = written.strip("{}")
    if len(bare) != 36:
        return None
    try:
        return str(uuid.UUID(bare))
    except ValueError:
        return None


def read_integer(written: str) -> int | None:
    """Return the Int64 that plain ASCII digits spell, with a sign perhaps, or ``None``."""
    digits = written[1:] if written[:1] in ("-", "+") else written
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 19):
        return None
    number = int(written)
    return number if -INT64_MAX - 1 <= number <= INT64_MAX else None


def _integer_of(value: Any) -> int | None:
    if isinstance(value, str):
        return read_integer(value)
    # In Python true is 1; in JSON it is not.
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _find_list(body: Body, name: str, *, entries_max: int = LIST_LENGTH_MAX) -> list[Any] | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, list):
        raise _wrong_type(name, "a list", value)
    if len(value) > entries_max:
        raise InvalidRequest(f"The {name} field may have {entries_max} entries.", details={"field": name})
    return value


def _wrong_type(name: str, wanted: str, value: Any) -> InvalidRequest:
    return InvalidRequest(f"The {name} field must be {wanted}, not {_kind(value)}.", details={"field": name})


def _kind(value: Any) -> str:
    value = unwrap(value)
    # The value itself is left out: it may be a password in the wrong place.
    if isinstance(value, str):
        return "a string"
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return "true or false" if isinstance(value, bool) else "a number"
