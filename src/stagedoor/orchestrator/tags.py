"""Labels on things, with a value perhaps; the same for everything that the vendor lets people label."""

from typing import Any

from sqlalchemy import func, literal
from sqlalchemy.orm import InstrumentedAttribute

from stagedoor.kit.db import JsonText
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import ComplexType, EdmType, Expression, Property
from stagedoor.orchestrator.fields import find_objects, find_text, get_required

LENGTH_MAX = 256
TAGS_MAX = 100

TAG = ComplexType(
    "TagDto",
    (
        Property("Name", EdmType.STRING, nullable=False),
        Property("DisplayName", EdmType.STRING),
        Property("Value", EdmType.STRING),
        Property("DisplayValue", EdmType.STRING),
    ),
)


def find_tags(body: Body, name: str) -> list[dict[str, Any]] | None:
    """Return a list of labels as they are stored and shown; each has to have a name."""
    tags = find_objects(body, name, entries_max=TAGS_MAX)
    return None if tags is None else [_read_tag(tag) for tag in tags]


def tags_property(column: InstrumentedAttribute[Any], *, nullable: bool = True) -> Property:
    """Return the property that shows the labels in a column; where none were ever given the list is empty."""
    key = column.key
    labels = Expression(lambda thing: func.coalesce(getattr(thing, key), literal([], JsonText()), type_=JsonText()))
    return Property("Tags", TAG, labels, nullable=nullable, collection=True)


def _read_tag(tag: Body) -> dict[str, Any]:
    return {
        "Name": get_required(find_text(tag, "Name", length_max=LENGTH_MAX), "Name"),
        "DisplayName": find_text(tag, "DisplayName", length_max=LENGTH_MAX),
        "Value": find_text(tag, "Value", length_max=LENGTH_MAX),
        "DisplayValue": find_text(tag, "DisplayValue", length_max=LENGTH_MAX),
    }
