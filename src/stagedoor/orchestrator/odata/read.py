"""The way in for rooms: a whole OData list or one entity, from a declaration and the room's own conditions."""

from typing import Any
from urllib.parse import quote, urlencode

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.odata.joining import Conditions
from stagedoor.orchestrator.odata.options import QueryOptions, parse_options
from stagedoor.orchestrator.odata.page import Page, read_page


def options_of(call: Call, entity_set: EntitySet) -> QueryOptions:
    """Return the call's query options, checked; for rooms that look at them before they read."""
    return parse_options(call.query, entity_set, call.clock.now())


def read_set(
    call: Call, entity_set: EntitySet, where: Conditions = (), *, options: QueryOptions | None = None, status: int = 200
) -> Answer:
    """Answer a list as the call's query options ask for it: filtered, sorted, paged, with what is expanded.

    ``where`` are the room's own conditions on the model (folders, state); the tenant's line is drawn here, unless one
    of them is a :class:`~stagedoor.orchestrator.odata.joining.TenantLine`. ``options`` stand in for the call's own.
    Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` for an option that is wrong, naming place and remedy.
    """
    asked = options_of(call, entity_set) if options is None else options
    page = read_page(call, entity_set, asked, where)
    following = asked.skip + entity_set.top_max if page.more_follow else None
    return Answer(status, _list_content(call, entity_set, page, following))


def read_one(call: Call, entity_set: EntitySet, where: Conditions, *, status: int = 200) -> Answer:
    """Answer the one entity that meets ``where``, with the call's ``$select`` and ``$expand``.

    A ``$filter`` counts as a further condition; options that choose among many are without effect. Raises
    :class:`~stagedoor.orchestrator.errors.NotFound` when there is none in this tenant. Use it after a write, too
    (flush first): what is shown is what is stored.
    """
    asked = options_of(call, entity_set)
    alone = QueryOptions(
        filter=asked.filter, select=asked.select, within=asked.within, expand=asked.expand, top=1, count=False
    )
    page = read_page(call, entity_set, alone, where)
    if not page.values:
        raise NotFound
    context = f"{call.base_url}/odata/$metadata#{entity_set.name}/$entity"
    return Answer(status, {"@odata.context": context, **page.values[0]})


def read_values(
    call: Call, entity_set: EntitySet, where: Conditions, options: QueryOptions | None = None
) -> list[dict[str, Any]]:
    """Return the matching entities as the JSON objects that the API shows, ``top_max`` at most.

    For answers that are no OData list (a result with entities inside, an event). The call's query options are not
    read; what ``options`` say is done.
    """
    return read_page(call, entity_set, options or QueryOptions(count=False), where).values


def _list_content(call: Call, entity_set: EntitySet, page: Page, following: int | None) -> dict[str, Any]:
    content: dict[str, Any] = {"@odata.context": f"{call.base_url}/odata/$metadata#{entity_set.name}"}
    if page.count is not None:
        content["@odata.count"] = page.count
    content["value"] = page.values
    if following is not None:
        content["@odata.nextLink"] = _next_link(call, following)
    return content


def _next_link(call: Call, skip: int) -> str:
    path = call.operation.template
    for name, value in call.path_arguments.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    query = {name: value for name, value in call.query.items() if name not in ("$skip", "skip")}
    return f"{call.base_url}{path}?{urlencode({**query, '$skip': skip}, safe='$', quote_via=quote)}"
