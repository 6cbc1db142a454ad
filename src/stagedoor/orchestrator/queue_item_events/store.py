"""Which part of the history belongs to which folder or item."""

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from stagedoor.orchestrator.odata.joining import TenantLine
from stagedoor.orchestrator.queue_item_events.entities import ItemHistory
from stagedoor.orchestrator.queue_items import store as items_store
from stagedoor.passage import FolderPlace

_HAS_HAPPENED = ItemHistory.at.is_not(None)


def in_folder(session: Session, tenant_id: str, folder: FolderPlace) -> TenantLine:
    """Return the condition that an event is of an item that the folder sees."""
    seen = items_store.in_folder(session, tenant_id, folder, of=ItemHistory).condition
    return TenantLine(and_(seen, _HAS_HAPPENED))


def of_attempts(session: Session, tenant_id: str, key: str) -> ColumnElement[bool]:
    """Return the condition that an event is of one of the attempts that share a key."""
    return and_(ItemHistory.item_id.in_(items_store.list_ids_of_key(session, tenant_id, key)), _HAS_HAPPENED)


def has_id(event_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one event."""
    return ItemHistory.id == event_id
