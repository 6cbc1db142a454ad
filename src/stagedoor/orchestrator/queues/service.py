"""The ways between an item's states: added, taken, put off, done, failed and tried again.

Nothing here runs by itself. Deferred items get their turn when somebody looks (``queue_items.overdue``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.errors import AlreadyExists, Conflict, OrchestratorError
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_item_events.recording import Hand, record_event
from stagedoor.orchestrator.queue_item_events.schemas import EventAction
from stagedoor.orchestrator.queue_items import store as items_store
from stagedoor.orchestrator.queue_items.attempts import Attempts
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.news import tell_of_items
from stagedoor.orchestrator.queue_items.placing import ABANDONED_AFTER
from stagedoor.orchestrator.queue_items.schemas import STATUS, ExceptionType, NewItem, Status
from stagedoor.orchestrator.queues import store
from stagedoor.orchestrator.queues.schemas import CommitType, FailedItem, Result, TakeRequest
from stagedoor.orchestrator.webhooks.schemas import EventType


@dataclass(frozen=True, slots=True)
class Creator:
    """Who adds items: a job, and the user that it runs for."""

    job_key: str | None
    user_number: int | None


def add_item(
    session: Session,
    queue: QueueDefinition,
    new: NewItem,
    *,
    clock: Clock,
    chance: Chance,
    vault: Vault,
    creator_job_key: str | None = None,
    user_number: int | None = None,
) -> QueueItem:
    """Add one item; raises ``AlreadyExists`` (409/1004) for a reference that has to be unique and is not."""
    attempts = Attempts(queue, clock.now(), chance, vault)
    item = attempts.first(new, creator_job_key=creator_job_key, creator_user_number=user_number)
    items_store.insert_item(session, item)
    tell_of_items(session, EventType.QUEUE_ITEM_ADDED, queue, [item], attempts.now, user_number)
    return item


def add_items(
    session: Session,
    queue: QueueDefinition,
    items: Sequence[NewItem],
    commit_type: CommitType,
    *,
    clock: Clock,
    chance: Chance,
    vault: Vault,
    creator_job_key: str | None = None,
    user_number: int | None = None,
) -> list[FailedItem]:
    """Add many items and return those that were not added.

    With ``ALL_OR_NOTHING`` one failure leaves nothing; with ``STOP_ON_FIRST_FAILURE`` what came before it stays.
    """
    attempts = Attempts(queue, clock.now(), chance, vault)
    creator = Creator(creator_job_key, user_number)
    if commit_type is not CommitType.ALL_OR_NOTHING:
        stops = commit_type is CommitType.STOP_ON_FIRST_FAILURE
        return _add_each(session, attempts, items, creator, stops=stops)
    with items_store.undoable(session) as undo:
        failed = _add_each(session, attempts, items, creator, stops=False)
        if failed:
            undo()
    return failed


def _add_each(
    session: Session, attempts: Attempts, items: Sequence[NewItem], creator: Creator, *, stops: bool
) -> list[FailedItem]:
    failed: list[FailedItem] = []
    unchecked: list[QueueItem] = []
    checked: list[QueueItem] = []
    for ordinal, new in enumerate(items):
        try:
            item = attempts.first(new, creator_job_key=creator.job_key, creator_user_number=creator.user_number)
            if item.unique_reference is None:
                unchecked.append(item)
            else:
                items_store.insert_item(session, item)
                checked.append(item)
        except OrchestratorError as refusal:
            code = "DuplicateReference" if isinstance(refusal, AlreadyExists) else "InvalidArgument"
            failed.append(FailedItem(ordinal, code, refusal.public))
            if stops:
                break
    items_store.insert_items(session, unchecked)
    added = [*unchecked, *checked]
    tell_of_items(session, EventType.QUEUE_ITEM_ADDED, attempts.queue, added, attempts.now, creator.user_number)
    return failed


def start_transaction(
    session: Session,
    queue: QueueDefinition,
    request: TakeRequest,
    *,
    clock: Clock,
    chance: Chance,
    vault: Vault,
    executor_job_key: str | None = None,
    user_number: int | None = None,
) -> QueueItem | None:
    """Return an item in progress that nobody else was given, or ``None`` when there is none to take.

    A robot key that is nobody's here takes the item for no robot in particular: the vendor's clients send the key of
    wherever they run. A request that brings an item of its own may raise ``AlreadyExists``.
    """
    now = clock.now()
    robot_id = store.find_robot_id(session, queue.tenant_id, request.robot_key) if request.robot_key else None
    if request.new_item is None:
        taken = store.take_next(
            session,
            queue.id,
            now=now,
            abandoned_at=now + ABANDONED_AFTER,
            robot_id=robot_id,
            executor_job_key=executor_job_key,
            executor_user_number=user_number,
            reference=request.reference,
            reference_is_prefix=request.reference_is_prefix,
        )
        if taken is not None:
            tell_of_items(session, EventType.QUEUE_ITEM_STARTED, queue, [taken], now, user_number)
        return taken
    attempts = Attempts(queue, now, chance, vault)
    item = attempts.first(request.new_item, creator_job_key=executor_job_key, creator_user_number=user_number)
    item.status = Status.IN_PROGRESS
    item.start_processing = now
    item.abandoned_at = now + ABANDONED_AFTER
    item.robot_id = robot_id
    item.executor_job_key = executor_job_key
    item.executor_user_number = user_number
    attempts.place(item)
    items_store.insert_item(session, item)
    tell_of_items(session, EventType.QUEUE_ITEM_STARTED, queue, [item], now, user_number)
    return item


def set_result(
    session: Session, item: QueueItem, result: Result, hand: Hand, *, clock: Clock, chance: Chance, vault: Vault
) -> None:
    """Write down what came of an item in progress; raises ``Conflict`` (409) for one in any other state.

    A failure by application exception makes a new item while the queue's retries last; the old one is then
    ``Retried``. An item that is put off is new again, with the dates that were given.
    """
    _verify_in_progress(item)
    queue = items_store.get_queue_of(session, item)
    attempts = Attempts(queue, clock.now(), chance, vault)
    if result.progress is not None:
        item.progress = result.progress
    item.abandoned_at = None
    item.row_version += 1
    is_put_off = not result.is_successful and result.failure is None and (result.defer_date or result.due_date)
    if is_put_off:
        # Nothing of the item itself will tell that it was in progress once.
        record_event(session, item, EventAction.STATUS, hand, at=item.start_processing or attempts.now)
        _put_off(item, result)
        attempts.place(item)
        record_event(session, item, EventAction.STATUS, hand, at=attempts.now)
        return
    item.end_processing = attempts.now
    attempts.put_content(item, "output", result.output)
    attempts.put_content(item, "analytics", result.analytics)
    item.operation_id = result.operation_id
    is_retried = not result.is_successful and _is_worth_a_retry(item, queue, result)
    item.status = Status.SUCCESSFUL if result.is_successful else Status.RETRIED if is_retried else Status.FAILED
    if result.failure is not None and not result.is_successful:
        item.processing_exception = dict(result.failure.shown)
        item.processing_exception_type = result.failure.type
    attempts.place(item)
    # The old attempt gives its reference free before the new one takes it.
    session.flush()
    told = EventType.QUEUE_ITEM_COMPLETED if result.is_successful else EventType.QUEUE_ITEM_FAILED
    tell_of_items(session, told, queue, [item], attempts.now, hand.number)
    if is_retried:
        retry = attempts.automatic_retry(item, defer_date=result.defer_date, due_date=result.due_date)
        items_store.insert_item(session, retry)


def set_progress(item: QueueItem, progress: str | None) -> None:
    """Note how far an item in progress has come; raises ``Conflict`` (409) for one in any other state."""
    _verify_in_progress(item)
    item.progress = progress
    item.row_version += 1


def _verify_in_progress(item: QueueItem) -> None:
    if item.status != Status.IN_PROGRESS:
        raise Conflict(
            f"The item {item.id} is {STATUS.word(item.status)}, not InProgress.",
            hint="Start a transaction first; a result is given once.",
        )


def _put_off(item: QueueItem, result: Result) -> None:
    item.status = Status.NEW
    item.start_processing = None
    item.robot_id = None
    item.executor_job_key = None
    item.executor_user_number = None
    item.defer_date = result.defer_date
    item.due_date = result.due_date or item.due_date


def _is_worth_a_retry(item: QueueItem, queue: QueueDefinition, result: Result) -> bool:
    return (
        result.failure is not None
        and result.failure.type is ExceptionType.APPLICATION
        and queue.accept_automatically_retry
        and item.retry_number < queue.max_number_of_retries
    )
