"""The SQL by which the fate of items is counted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.odata.sql_functions import seconds_between
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.schemas import ExceptionType, Status

_FAILED = QueueItem.status.in_((Status.FAILED, Status.RETRIED))
SUCCESS = QueueItem.status == Status.SUCCESSFUL
APPLICATION_FAILURE = _FAILED & (QueueItem.processing_exception_type == ExceptionType.APPLICATION)
BUSINESS_FAILURE = _FAILED & (QueueItem.processing_exception_type == ExceptionType.BUSINESS)
SECONDS = seconds_between(QueueItem.start_processing, QueueItem.end_processing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many items of a queue ended how in a span of time, and the seconds spent on them."""

    successes: int
    application_failures: int
    business_failures: int
    retries: int
    success_seconds: float
    application_failure_seconds: float
    business_failure_seconds: float


def count_ended(session: Session, queue_id: int, start: datetime, end: datetime) -> Tally:
    """Count the items that ended from ``start`` on and before ``end``."""
    row = session.execute(
        select(
            func.count(case((SUCCESS, 1))),
            func.count(case((APPLICATION_FAILURE, 1))),
            func.count(case((BUSINESS_FAILURE, 1))),
            func.count(case((QueueItem.status == Status.RETRIED, 1))),
            func.coalesce(func.sum(case((SUCCESS, SECONDS))), 0.0),
            func.coalesce(func.sum(case((APPLICATION_FAILURE, SECONDS))), 0.0),
            func.coalesce(func.sum(case((BUSINESS_FAILURE, SECONDS))), 0.0),
        ).where(QueueItem.queue_id == queue_id, QueueItem.end_processing >= start, QueueItem.end_processing < end)
    ).one()
    return Tally(
        successes=row[0],
        application_failures=row[1],
        business_failures=row[2],
        retries=row[3],
        success_seconds=row[4],
        application_failure_seconds=row[5],
        business_failure_seconds=row[6],
    )


def count_open(session: Session, queue_id: int) -> tuple[int, int]:
    """Return how many items of the queue are new, and how many in progress."""
    row = session.execute(
        select(
            func.count(case((QueueItem.status == Status.NEW, 1))),
            func.count(case((QueueItem.status == Status.IN_PROGRESS, 1))),
        ).where(QueueItem.queue_id == queue_id, QueueItem.status.in_((Status.NEW, Status.IN_PROGRESS)))
    ).one()
    return row[0], row[1]
