"""The way in for rooms: a whole OData list or one entity, from a declaration and the room's own conditions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select

from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.odata.render import columns_of, render_row


def read_set(
    call: Call, entity_set: EntitySet, where: Sequence[ColumnElement[bool]] = (), *, status: int = 200
) -> Answer:
    """Answer a list as the call's query options ask for it: filtered, sorted, paged, with what is expanded.

    ``where`` are the room's own conditions on the model (folders, state); the tenant's line is drawn here. Raises
    :class:`~stagedoor.orchestrator.errors.InvalidRequest` for an option that is wrong, naming place and remedy.
    """
    entity_type = entity_set.entity_type
    conditions = [_tenant(call, entity_type.model), *where]
    chosen = entity_type.properties
    statement = select(*columns_of(entity_type, chosen)).where(*conditions)
    key = entity_type.key_attribute
    statement = statement.order_by(key.desc() if entity_set.newest_first else key.asc()).limit(entity_set.top_max)
    rows = call.session.execute(statement).all()
    content: dict[str, Any] = {"@odata.context": f"{call.base_url}/odata/$metadata#{entity_set.name}"}
    if entity_set.counts_always:
        content["@odata.count"] = call.session.scalar(
            select(func.count()).select_from(entity_type.model).where(*conditions)
        )
    content["value"] = [render_row(entity_type, chosen, row) for row in rows]
    return Answer(status=status, content=content)


def read_one(call: Call, entity_set: EntitySet, where: Sequence[ColumnElement[bool]], *, status: int = 200) -> Answer:
    """Answer the one entity that meets ``where``, with the call's ``$select`` and ``$expand``.

    Raises :class:`~stagedoor.orchestrator.errors.NotFound` when there is none in this tenant. Use it after a write,
    too (flush first): what is shown is what is stored.
    """
    entity_type = entity_set.entity_type
    chosen = entity_type.properties
    statement = select(*columns_of(entity_type, chosen)).where(_tenant(call, entity_type.model), *where).limit(1)
    row = call.session.execute(statement).first()
    if row is None:
        raise NotFound
    context = f"{call.base_url}/odata/$metadata#{entity_set.name}/$entity"
    return Answer(status=status, content={"@odata.context": context, **render_row(entity_type, chosen, row)})


def read_values(call: Call, entity_set: EntitySet, where: Sequence[ColumnElement[bool]]) -> list[dict[str, Any]]:
    """Return every matching entity as the JSON object that the API shows, by key; no query option is read.

    For answers that are no OData list (a result with entities inside, an event).
    """
    entity_type = entity_set.entity_type
    statement = select(*columns_of(entity_type, entity_type.properties))
    statement = statement.where(_tenant(call, entity_type.model), *where).order_by(entity_type.key_attribute)
    return [render_row(entity_type, entity_type.properties, row) for row in call.session.execute(statement)]


def _tenant(call: Call, model: Any) -> ColumnElement[bool]:
    return model.tenant_id == call.tenant.tenant_id  # type: ignore[no-any-return]  # every model has the column
