"""How test data queues and their items look in the vendor's API."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.test_data_queues.models import DataQueue, DataQueueItem


def _items_of(queue: Any) -> ColumnElement[Any]:
    count = select(func.count()).where(DataQueueItem.queue_id == queue.id)
    return count.correlate_except(DataQueueItem).scalar_subquery()


def _consumed_items_of(queue: Any) -> ColumnElement[Any]:
    count = select(func.count()).where(DataQueueItem.queue_id == queue.id, DataQueueItem.is_consumed.is_(True))
    return count.correlate_except(DataQueueItem).scalar_subquery()


TEST_DATA_QUEUE = EntityType(
    "TestDataQueueDto",
    DataQueue,
    (
        Property("Name", EdmType.STRING, DataQueue.name, nullable=False, folded=DataQueue.name_folded),
        Property("Description", EdmType.STRING, DataQueue.description),
        Property("ContentJsonSchema", EdmType.STRING, DataQueue.content_json_schema, nullable=False, filterable=False),
        Property("ItemsCount", EdmType.INT32, Expression(_items_of), nullable=False, writable=False),
        Property("ConsumedItemsCount", EdmType.INT32, Expression(_consumed_items_of), nullable=False, writable=False),
        Property("IsDeleted", EdmType.BOOLEAN, Constant(value=False), nullable=False, writable=False),
        Property("DeleterUserId", EdmType.INT64, writable=False),
        Property("DeletionTime", EdmType.DATE_TIME_OFFSET, writable=False),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, DataQueue.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, DataQueue.modifier_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, DataQueue.created_at, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, DataQueue.creator_user_number, writable=False),
        Property("Id", EdmType.INT64, DataQueue.id, nullable=False, writable=False),
    ),
)

TEST_DATA_QUEUE_ITEM = EntityType(
    "TestDataQueueItemODataDto",
    DataQueueItem,
    (
        Property("TestDataQueueId", EdmType.INT64, DataQueueItem.queue_id, nullable=False, writable=False),
        Property("ContentJson", EdmType.STRING, DataQueueItem.content, filterable=False, writable=False),
        Property("IsConsumed", EdmType.BOOLEAN, DataQueueItem.is_consumed, nullable=False, writable=False),
        Property("Id", EdmType.INT64, DataQueueItem.id, nullable=False, writable=False),
    ),
)

TEST_DATA_QUEUES = EntitySet("TestDataQueues", TEST_DATA_QUEUE)
TEST_DATA_QUEUE_ITEMS = EntitySet("TestDataQueueItems", TEST_DATA_QUEUE_ITEM)
