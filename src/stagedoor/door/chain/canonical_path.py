"""Step 3: bring path and query to the one form that is judged and sent on, and find the surface they lead to."""

from dataclasses import replace

from stagedoor.catalog.canonical import canonical_path as canonical_form
from stagedoor.catalog.canonical import canonical_query
from stagedoor.door.surfaces import Surface, find_place
from stagedoor.door.visit import Visit


def canonical_path(visit: Visit) -> None:
    """Fill in the place, the canonical path and the canonical query."""
    scope = visit.scope
    path = canonical_form(scope["raw_path"])
    visit.place = find_place(path)
    query = scope["query_string"].decode("latin-1")
    if visit.place.surface is Surface.ORCHESTRATOR:
        canonical = canonical_query(query)
        visit.query = canonical.pairs
        query = canonical.text
    visit.head = replace(visit.head, path=path, query=query)
