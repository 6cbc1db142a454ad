"""Step 6: which operation of the catalogue this is; what is none is refused."""

from functools import lru_cache

from stagedoor.catalog import CATALOG
from stagedoor.door.refusals import MethodUnknown, OperationUnknown
from stagedoor.door.visit import Visit

COUNT_HINT = "Ask the list itself: ?$count=true&$top=0 answers @odata.count and no rows."
REMEMBERED = 2048
REMEMBERED_CHARACTERS_MAX = 512
"""As with addresses: clients ask for the same ones again and again, and strangers can fill a megabyte or two."""


def match_operation(visit: Visit) -> None:
    """Fill in the match. HEAD is judged and carried out as the GET that it asks about."""
    method = "GET" if visit.head.method == "HEAD" else visit.head.method
    path = visit.place.path
    visit.match = (_match_known if len(path) <= REMEMBERED_CHARACTERS_MAX else CATALOG.match)(method, path)
    if visit.match is not None:
        return
    methods = CATALOG.methods_for(path)
    if methods:
        raise MethodUnknown(
            f"This path takes {', '.join(methods)}, not {visit.head.method}.", headers={"Allow": ", ".join(methods)}
        )
    hint = COUNT_HINT if path.lower().endswith("/$count") else OperationUnknown.hint
    raise OperationUnknown(f"{path} is no operation of the Orchestrator API.", hint=hint)


_match_known = lru_cache(REMEMBERED)(CATALOG.match)
