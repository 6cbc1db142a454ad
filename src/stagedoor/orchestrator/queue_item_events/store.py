"""Which part of the history belongs to which folder or item."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from stagedoor.orchestrator.queue_item_events.entities import ItemHistory
from stagedoor.orchestrator.queue_items.store import select_ids_in_folder, select_ids_of_key
from stagedoor.passage import FolderPlace


def in_folder(session: Session, tenant_id: str, folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that an event is of an item that the folder sees."""
    return ItemHistory.item_id.in_(select_ids_in_folder(session, tenant_id, folder))


def of_attempts(tenant_id: str, key: str) -> ColumnElement[bool]:
    """Return the condition that an event is of one of the attempts that share a key."""
    return ItemHistory.item_id.in_(select_ids_of_key(tenant_id, key))


def has_id(event_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one event."""
    return ItemHistory.id == event_id
