"""Lists, one page at a time, in the one shape that every list of the management API has."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from stagedoor.admin.errors import CursorRefused

LIMIT_DEFAULT = 100
LIMIT_MAX = 500

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many items to return at most.")]
# Control characters stand in no cursor, name or id, and PostgreSQL fails on a NUL rather than not finding it.
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Cursor = Annotated[
    str | None, Query(max_length=256, pattern=PRINTABLE, description="What `next` of the page before holds.")
]


class Page(BaseModel, Generic[T]):
    """Some items; ``next`` is the cursor of the page behind, or null on the last."""

    items: list[T]
    next: str | None = Field(default=None)


def page_of(items: Sequence[T], *, limit: int, cursor: str | None, cursor_of: Callable[[T], str]) -> Page[T]:
    """Return the page of a list held in memory that follows the item named by ``cursor``.

    Raises :class:`CursorRefused` when no item is named so.
    """
    start = 0
    if cursor is not None:
        start = next((place for place, item in enumerate(items, 1) if cursor_of(item) == cursor), 0)
        if not start:
            raise CursorRefused
    shown = list(items[start : start + limit])
    more = start + limit < len(items)
    return Page[T](items=shown, next=cursor_of(shown[-1]) if more else None)
