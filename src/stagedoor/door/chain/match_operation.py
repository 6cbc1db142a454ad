"""Step 6: which operation of the catalogue this is; what is none is refused."""

from stagedoor.catalog import CATALOG
from stagedoor.door.refusals import MethodUnknown, OperationUnknown
from stagedoor.door.visit import Visit

COUNT_HINT = "Ask the list itself: ?$count=true&$top=0 answers @odata.count and no rows."


def match_operation(visit: Visit) -> None:
    """Fill in the match. HEAD is judged and carried out as the GET that it asks about."""
    method = "GET" if visit.head.method == "HEAD" else visit.head.method
    visit.match = CATALOG.match(method, visit.place.path)
    if visit.match is not None:
        return
    methods = CATALOG.methods_for(visit.place.path)
    if methods:
        raise MethodUnknown(
            f"This path takes {', '.join(methods)}, not {visit.head.method}.", headers={"Allow": ", ".join(methods)}
        )
    hint = COUNT_HINT if visit.place.path.lower().endswith("/$count") else OperationUnknown.hint
    raise OperationUnknown(f"{visit.place.path} is no operation of the Orchestrator API.", hint=hint)
