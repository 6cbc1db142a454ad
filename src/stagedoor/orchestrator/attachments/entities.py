"""How an attachment looks in the vendor's API."""

from stagedoor.orchestrator.attachments.models import Attachment
from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Property

ATTACHMENT = EntityType(
    "AttachmentDto",
    Attachment,
    (
        Property("Name", EdmType.STRING, Attachment.name, nullable=False),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, Attachment.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, Attachment.modifier_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, Attachment.created_at, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, Attachment.creator_user_number, writable=False),
        Property("Id", EdmType.GUID, Attachment.key, nullable=False, writable=False),
    ),
)

ATTACHMENTS = EntitySet("Attachments", ATTACHMENT)
