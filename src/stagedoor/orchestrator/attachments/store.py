"""All SQL of attachments."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.attachments.models import Attachment
from stagedoor.orchestrator.folders.store import select_ids_within_reach
from stagedoor.passage import FolderPlace, Reach


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that an attachment belongs to the folder."""
    return Attachment.folder_id == folder.id


def within_reach(tenant_id: str, reach: Reach) -> ColumnElement[bool]:
    """Return the condition that an attachment belongs to a folder within reach."""
    return Attachment.folder_id.in_(select_ids_within_reach(tenant_id, reach))


def has_key(key: str) -> ColumnElement[bool]:
    """Return the condition that picks one attachment by its key."""
    return Attachment.key == key


def find_attachment(session: Session, tenant_id: str, key: str, place: ColumnElement[bool]) -> Attachment | None:
    """Return the attachment with this key, if it belongs to the place."""
    return session.scalar(select(Attachment).where(Attachment.tenant_id == tenant_id, Attachment.key == key, place))


def find_attachment_of_tenant(session: Session, tenant_id: str, key: str) -> Attachment | None:
    """Return the tenant's attachment with this key, whichever folder it belongs to."""
    return session.scalar(select(Attachment).where(Attachment.tenant_id == tenant_id, Attachment.key == key))


def find_attachment_to_fill(session: Session, tenant_id: str, key: str) -> Attachment | None:
    """Return the tenant's attachment, which nobody else can change until the transaction ends."""
    found = select(Attachment).where(Attachment.tenant_id == tenant_id, Attachment.key == key)
    return session.scalar(found.with_for_update().execution_options(populate_existing=True))


def add_attachment(session: Session, attachment: Attachment) -> None:
    """Store a new attachment."""
    session.add(attachment)
    session.flush()


def delete_attachment(session: Session, attachment: Attachment) -> None:
    """Delete an attachment, with its links to jobs."""
    session.delete(attachment)
    session.flush()
