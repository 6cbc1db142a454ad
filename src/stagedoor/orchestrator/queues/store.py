"""All SQL of taking items, written so that an item is given to one taker alone."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import Status
from stagedoor.orchestrator.robots.models import Robot


def take_next(
    session: Session,
    queue_id: int,
    *,
    now: datetime,
    abandoned_at: datetime,
    robot_id: int | None,
    executor_job_key: str | None,
    executor_user_number: int | None = None,
    reference: str | None = None,
    reference_is_prefix: bool = False,
) -> QueueItem | None:
    """Take the item whose turn it is and return it in progress, or ``None`` when there is none to take.

    One statement finds and marks it. On SQLite it runs under the write lock; on PostgreSQL ``SKIP LOCKED`` passes
    over items that another transaction is taking. A taker that rolls back, or dies, leaves the item as it was.
    """
    next_id = (
        select(QueueItem.id)
        .where(QueueItem.queue_id == queue_id, QueueItem.turn.is_not(None))
        .where(*_reference_conditions(reference, reference_is_prefix=reference_is_prefix))
        .order_by(QueueItem.turn, QueueItem.due_date, QueueItem.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return session.scalar(
        update(QueueItem)
        .where(QueueItem.id == next_id)
        .values(
            status=Status.IN_PROGRESS,
            turn=None,
            start_processing=now,
            abandoned_at=abandoned_at,
            robot_id=robot_id,
            executor_job_key=executor_job_key,
            executor_user_number=executor_user_number,
            row_version=QueueItem.row_version + 1,
        )
        .returning(QueueItem),
        execution_options={"synchronize_session": False, "populate_existing": True},
    )


def find_robot_id(session: Session, tenant_id: str, robot_key: str) -> int | None:
    """Return the id of the robot with this key, or ``None``."""
    return session.scalar(select(Robot.id).where(Robot.tenant_id == tenant_id, Robot.key == robot_key))


def _reference_conditions(reference: str | None, *, reference_is_prefix: bool) -> list[ColumnElement[bool]]:
    if reference is None:
        return []
    if not reference_is_prefix:
        return [QueueItem.reference == reference]
    return [QueueItem.reference.startswith(reference, autoescape=True)]
