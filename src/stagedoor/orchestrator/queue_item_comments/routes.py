"""The vendor's operations on comments on items. Whoever may change the folder's items may change any comment there."""

from stagedoor.orchestrator.answers import done
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.fields import find_integer, get_body, get_number_argument, get_required, get_text
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.odata.read import read_one, read_set
from stagedoor.orchestrator.queue_item_comments import store
from stagedoor.orchestrator.queue_item_comments.entities import QUEUE_ITEM_COMMENTS
from stagedoor.orchestrator.queue_item_comments.models import QueueItemComment
from stagedoor.orchestrator.queue_item_events.recording import hand_of
from stagedoor.orchestrator.queue_items.service import get_item
from stagedoor.orchestrator.registry import Routes

TEXT_LENGTH_MAX = 512

routes = Routes()


@routes.reads("QueueItemComments_Get")
def list_comments(call: Call) -> Answer:
    """Answer the comments on the items of the folder's queues."""
    return read_set(call, QUEUE_ITEM_COMMENTS, [store.in_folder(call.session, call.tenant.tenant_id, get_folder(call))])


@routes.reads("QueueItemComments_GetById")
def get_comment(call: Call) -> Answer:
    """Answer one comment."""
    within = store.in_folder(call.session, call.tenant.tenant_id, get_folder(call))
    return read_one(call, QUEUE_ITEM_COMMENTS, [store.has_id(get_number_argument(call, "key")), within])


@routes.reads("QueueItemComments_GetQueueItemCommentsHistoryByQueueitemid")
def list_history(call: Call) -> Answer:
    """Answer the comments on an item and on every other attempt at it."""
    item_id = get_number_argument(call, "queueItemId")
    item = get_item(call.session, call.tenant.tenant_id, get_folder(call), item_id)
    return read_set(call, QUEUE_ITEM_COMMENTS, [store.on_attempts(call.session, call.tenant.tenant_id, item.key)])


@routes.writes("QueueItemComments_Post")
def create_comment(call: Call) -> Answer:
    """Write a comment on an item; it is the caller's and of now, whatever was sent."""
    body = get_body(call)
    text = get_text(body, "Text", length_max=TEXT_LENGTH_MAX)
    item_id = get_required(find_integer(body, "QueueItemId"), "QueueItemId")
    item = get_item(call.session, call.tenant.tenant_id, get_folder(call), item_id)
    author = hand_of(call)
    comment = QueueItemComment(
        tenant_id=call.tenant.tenant_id,
        item_id=item.id,
        text=text,
        created_at=call.clock.now(),
        user_number=author.number,
        user_name=author.name,
    )
    store.add_comment(call.session, comment)
    return read_one(call, QUEUE_ITEM_COMMENTS, [store.has_id(comment.id)], status=201)


@routes.writes("QueueItemComments_PutById")
def update_comment(call: Call) -> Answer:
    """Change the text of a comment; it stays on its item."""
    comment = _comment(call)
    body = get_body(call)
    text = get_text(body, "Text", length_max=TEXT_LENGTH_MAX)
    if find_integer(body, "QueueItemId") not in (None, 0, comment.item_id):
        raise InvalidRequest("A comment stays on its item.", details={"field": "QueueItemId"})
    comment.text = text
    return done(call)


@routes.writes("QueueItemComments_DeleteById")
def delete_comment(call: Call) -> Answer:
    """Delete a comment."""
    store.delete_comment(call.session, _comment(call))
    return Answer(status=204)


def _comment(call: Call) -> QueueItemComment:
    comment_id = get_number_argument(call, "key")
    comment = store.find_comment(call.session, call.tenant.tenant_id, get_folder(call), comment_id)
    if comment is None:
        raise NotFound(f"There is no comment {comment_id} in this folder.")
    return comment
