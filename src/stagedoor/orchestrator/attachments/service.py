"""What may be done with attachments: make and delete them, each in one folder of one tenant."""

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.attachments import store
from stagedoor.orchestrator.attachments.models import Attachment
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.stored_files import service as stored_files
from stagedoor.passage import FolderPlace, Reach


def create_attachment(
    session: Session, tenant_id: str, folder_id: int, name: str, *, user_number: int, clock: Clock, chance: Chance
) -> Attachment:
    """Make an attachment that has no file yet; several may have one name."""
    attachment = Attachment(
        tenant_id=tenant_id,
        folder_id=folder_id,
        key=random_guid(chance),
        name=name,
        created_at=clock.now(),
        creator_user_number=user_number,
    )
    store.add_attachment(session, attachment)
    return attachment


def get_attachment(session: Session, tenant_id: str, folder: FolderPlace, key: str) -> Attachment:
    """Return an attachment of the folder, or raise ``NotFound``."""
    return _found(store.find_attachment(session, tenant_id, key, store.in_folder(folder)), key)


def get_attachment_within_reach(session: Session, tenant_id: str, reach: Reach, key: str) -> Attachment:
    """Return an attachment of some folder within reach, or raise ``NotFound``."""
    return _found(store.find_attachment(session, tenant_id, key, store.within_reach(tenant_id, reach)), key)


def delete_attachment(session: Session, attachment: Attachment) -> None:
    """Delete an attachment with its file."""
    if attachment.stored_name is not None:
        stored_files.release(session, attachment.stored_name)
    store.delete_attachment(session, attachment)


def _found(attachment: Attachment | None, key: str) -> Attachment:
    if attachment is None:
        raise NotFound(f"There is no attachment {key} here.")
    return attachment
