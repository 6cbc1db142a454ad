"""How a comment on an item looks in the vendor's API."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.queue_item_comments.models import QueueItemComment

QUEUE_ITEM_COMMENT = EntityType(
    "QueueItemCommentDto",
    QueueItemComment,
    (
        Property("Text", EdmType.STRING, QueueItemComment.text, nullable=False),
        Property("QueueItemId", EdmType.INT64, QueueItemComment.item_id, nullable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, QueueItemComment.created_at, writable=False),
        Property("UserId", EdmType.INT64, QueueItemComment.user_number, writable=False),
        Property("UserName", EdmType.STRING, QueueItemComment.user_name, writable=False),
        Property("Id", EdmType.INT64, QueueItemComment.id, nullable=False, writable=False),
    ),
)

QUEUE_ITEM_COMMENTS = EntitySet("QueueItemComments", QUEUE_ITEM_COMMENT)
