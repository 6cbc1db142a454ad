"""From one entity to those it points at, in SQL: the conditions of a navigation, the tenant's line among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.entity import Attribute, EntityType, Navigation


def of_tenant(call: Call, entity: Any) -> ColumnElement[bool]:
    """Return the condition that a row of a model, or of an alias of it, belongs to the call's tenant."""
    condition: ColumnElement[bool] = entity.tenant_id == call.tenant.tenant_id
    return condition


@dataclass(frozen=True, slots=True, eq=False)
class TenantLine:
    """A condition that no row of another tenant meets, so that no row is asked for its tenant as well.

    A folder is one tenant's. Lists of what lies in a folder ask that once, by
    :func:`~stagedoor.orchestrator.folders.store.own_folder_id`, and are then counted and skipped in indexes that know
    the folder alone: a third as long as those with a tenant's 36 letters in each entry.
    """

    condition: ColumnElement[bool]


Conditions = Sequence[ColumnElement[bool] | TenantLine]
"""What a room narrows a list by."""


def within_tenant(call: Call, entity: Any, where: Conditions) -> list[ColumnElement[bool]]:
    """Return a room's conditions, with the tenant's line in front if none of them draws it."""
    plain = [part.condition if isinstance(part, TenantLine) else part for part in where]
    is_drawn = any(isinstance(part, TenantLine) for part in where)
    return plain if is_drawn else [of_tenant(call, entity), *plain]


class Joint:
    """One navigation's far side under an alias of its own.

    ``entity`` is the alias of the target, ``near`` the column that equals the near side's ``local`` column; ``links``
    are the conditions that draw the tenant's line and what the call may see.
    """

    def __init__(self, call: Call, navigation: Navigation) -> None:
        target: EntityType = navigation.target()
        self.entity: Any = aliased(target.model)
        self.links: list[ColumnElement[bool]] = [of_tenant(call, self.entity)]
        remote: ColumnElement[Any] = getattr(self.entity, navigation.remote.key)
        self.near = remote
        self._between: tuple[Any, ColumnElement[bool]] | None = None
        if navigation.through is not None:
            between: Any = aliased(navigation.through.near.class_)
            self.near = getattr(between, navigation.through.near.key)
            self._between = between, getattr(between, navigation.through.far.key) == remote
        if navigation.visible is not None:
            self.links += navigation.visible(call, self.entity)

    def select(self, *columns: Any) -> Select[Any]:
        """Return a statement that reads these columns from the far side's tables, joined but not yet narrowed."""
        if self._between is None:
            return select(*columns).select_from(self.entity)
        between, meets = self._between
        return select(*columns).select_from(between).join(self.entity, meets)


def is_reference(navigation: Navigation, attribute: Attribute) -> bool:
    """Tell whether the far side's column is the one that the near side holds a copy of, so that no join is needed."""
    return (
        navigation.through is None
        and navigation.visible is None
        and not navigation.collection
        and attribute.key == navigation.remote.key
        and attribute.class_ is navigation.remote.class_
    )
