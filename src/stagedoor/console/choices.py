"""What a key can be allowed, found by plain words: whole areas such as "queues: read", and single operations."""

import re
from dataclasses import dataclass

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Operation
from stagedoor.catalog.words import area_words, phrase
from stagedoor.console.wording import selector_words

OPERATIONS_SHOWN_MAX = 24
AREAS_SHOWN_MAX = 4
OFTEN_NEEDED = (
    "Jobs_StartJobs",
    "Jobs_Get",
    "Releases_Get",
    "Queues_AddQueueItem",
    "Queues_StartTransaction",
    "Queues_SetTransactionResultById",
    "QueueItems_Get",
    "Assets_GetFiltered",
)
OFTEN_NEEDED_AREAS = ("Jobs", "Queues", "Assets")

_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to tick: ``selector`` is what goes into the grant."""

    selector: str
    words: str
    detail: str
    reads: bool
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """The operations of one scope of the vendor's, such as ``OR.Queues``, as offers from less to more."""

    name: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """The answer to a search. ``left_out`` is how many operations more there are."""

    areas: tuple[Area, ...]
    operations: tuple[Offer, ...]
    left_out: int
    searched: bool


def list_offers(words: str) -> Offers:
    """Return what answers to the words; what is often needed, where there are none."""
    if not words.strip():
        often = [CATALOG.get_operation(name) for name in OFTEN_NEEDED]
        areas = tuple(area for area in AREAS if area.name in {area_words(name) for name in OFTEN_NEEDED_AREAS})
        return Offers(areas, tuple(_offer(operation) for operation in often), left_out=0, searched=False)
    found = CATALOG.search(words)
    shown = tuple(_offer(operation) for operation in found[:OPERATIONS_SHOWN_MAX])
    return Offers(_list_areas(words), shown, left_out=len(found) - len(shown), searched=True)


def describe(selector: str) -> Offer:
    """Return a chosen selector as an offer; one that is none of the catalogue's goes by its own name."""
    operation = CATALOG.find_operation(selector)
    if operation is not None:
        return _offer(operation)
    return Offer(selector, selector_words(selector), selector, reads=selector.lower().endswith(".read"))


def _offer(operation: Operation) -> Offer:
    return Offer(operation.id, phrase(operation), operation.id, operation.reads, operation.deprecated)


def _list_areas(words: str) -> tuple[Area, ...]:
    wanted = [word.rstrip("s") for word in _WORD.findall(words.lower()) if len(word) > 2]
    found = [area for area in AREAS if any(part.startswith(word) for part in area.name.split() for word in wanted)]
    return tuple(found[:AREAS_SHOWN_MAX])


def _all_areas() -> tuple[Area, ...]:
    by_scope: dict[str, list[Operation]] = {}
    for operation in CATALOG.operations:
        if operation.scope is not None:
            by_scope.setdefault(operation.scope.rpartition(".")[0], []).append(operation)
    return tuple(_area(scope, operations) for scope, operations in sorted(by_scope.items()))


def _area(scope: str, operations: list[Operation]) -> Area:
    reads = sum(operation.scope == f"{scope}.Read" for operation in operations)
    offers = [
        Offer(f"scope:{scope}.Read", "read", f"{reads} operations", reads=True),
        Offer(f"scope:{scope}", "read and change", f"{len(operations)} operations", reads=False),
    ]
    return Area(area_words(scope.removeprefix("OR.")), tuple(offers))


AREAS = _all_areas()
"""All areas, by name."""
