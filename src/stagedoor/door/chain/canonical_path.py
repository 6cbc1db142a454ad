"""Step 3: bring path and query to the one form that is judged and sent on, and find the surface they lead to."""

from functools import lru_cache

from stagedoor.catalog.canonical import CanonicalPath, CanonicalQuery, canonical_query
from stagedoor.catalog.canonical import canonical_path as canonical_form
from stagedoor.door.surfaces import Place, Surface, find_place
from stagedoor.door.visit import Visit

REMEMBERED = 2048
REMEMBERED_BYTES_MAX = 512
"""Clients ask for the same addresses again and again. Longer ones are read anew each time, so that whoever sends many
different ones can fill no more than two megabytes."""


def canonical_path(visit: Visit) -> None:
    """Fill in the place, the canonical path and the canonical query."""
    scope, cleaned = visit.scope, visit.head
    raw_path: bytes = scope["raw_path"]
    path, visit.place = _place_known(raw_path) if len(raw_path) <= REMEMBERED_BYTES_MAX else _place_of(raw_path)
    raw_query: bytes = scope["query_string"]
    query = ""
    if raw_query:
        if visit.place.surface is Surface.ORCHESTRATOR:
            canonical = _query_known(raw_query) if len(raw_query) <= REMEMBERED_BYTES_MAX else _query_of(raw_query)
            visit.query, query = canonical.pairs, canonical.text
        else:
            query = raw_query.decode("latin-1")
    visit.head = cleaned._replace(path=path, query=query)


def _place_of(raw_path: bytes) -> tuple[CanonicalPath, Place]:
    path = canonical_form(raw_path)
    return path, find_place(path)


def _query_of(raw_query: bytes) -> CanonicalQuery:
    return canonical_query(raw_query.decode("latin-1"))


_place_known = lru_cache(REMEMBERED)(_place_of)
_query_known = lru_cache(REMEMBERED)(_query_of)
