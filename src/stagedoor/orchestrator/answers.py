"""Answers that show no entity of a set: nothing but that it is done, one value, or an object of the vendor's."""

from collections.abc import Mapping
from typing import Any

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.odata.metadata import NAMESPACE


def done(call: Call) -> Answer:
    """Answer 200 with OData's null.

    An empty body is what the vendor documents here, but its own Python client reads JSON and fails without.
    """
    return Answer(content={"@odata.context": _context(call, "Edm.Null"), "@odata.null": True})


def answer_value(call: Call, kind: str, value: Any) -> Answer:
    """Answer one value, or a list of values, whose type is ``kind`` (``Edm.Guid``, ``Collection(Edm.String)``)."""
    return Answer(content={"@odata.context": _context(call, kind), "value": value})


def answer_object(
    call: Call, kind: str, fields: Mapping[str, Any], *, headers: Mapping[str, str] | None = None
) -> Answer:
    """Answer one object of the vendor's type ``kind``, named without its namespace."""
    content = {"@odata.context": _context(call, f"{NAMESPACE}.{kind}"), **fields}
    return Answer(content=content, headers=headers or {})


def _context(call: Call, kind: str) -> str:
    return f"{call.base_url}/odata/$metadata#{kind}"
