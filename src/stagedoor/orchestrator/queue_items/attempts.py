"""Making items: the first attempt from what a caller says, a further one from the attempt before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_items.models import QueueItem
from stagedoor.orchestrator.queue_items.placing import place
from stagedoor.orchestrator.queue_items.schemas import NewItem, ReviewStatus, Status
from stagedoor.orchestrator.queue_items.sealing import put_content


@dataclass(frozen=True, slots=True)
class Attempts:
    """Make items of one queue at one time."""

    queue: QueueDefinition
    now: datetime
    chance: Chance
    vault: Vault

    def place(self, item: QueueItem) -> None:
        """Set what follows from the item's status, dates, priority and reference."""
        place(item, unique_references=self.queue.enforce_unique_reference, now=self.now)

    def put_content(self, item: QueueItem, column: str, content: dict[str, Any] | None) -> None:
        """Write what an item carries, checked by the queue's schema and sealed where the queue wants it."""
        put_content(item, column, content, self.queue, vault=self.vault, chance=self.chance)

    def first(self, new: NewItem, *, creator_job_key: str | None, creator_user_number: int | None = None) -> QueueItem:
        """Return an item that a caller adds, with the deadlines that the queue sets where the caller sets none."""
        key = random_guid(self.chance)
        item = QueueItem(
            tenant_id=self.queue.tenant_id,
            folder_id=self.queue.folder_id,
            queue_id=self.queue.id,
            key=key,
            unique_key=key,
            status=Status.NEW,
            review_status=ReviewStatus.NONE,
            priority=new.priority,
            reference=new.reference,
            progress=new.progress,
            source=new.source,
            defer_date=new.defer_date,
            due_date=new.due_date or self._after_minutes(self.queue.sla_in_minutes),
            risk_sla_date=new.risk_sla_date or self._after_minutes(self.queue.risk_sla_in_minutes),
            created_at=self.now,
            creator_job_key=creator_job_key,
            creator_user_number=creator_user_number,
            parent_operation_id=new.parent_operation_id,
        )
        self.put_content(item, "specific_content", new.specific_content)
        self.place(item)
        return item

    def automatic_retry(
        self, failed: QueueItem, *, defer_date: datetime | None = None, due_date: datetime | None = None
    ) -> QueueItem:
        """Return the next attempt after one that failed or was abandoned; it stands at the end of the queue."""
        item = self._again(failed)
        item.ancestor_id = failed.id
        item.ancestor_unique_key = failed.unique_key
        item.retry_number = failed.retry_number + 1
        item.manual_ancestor_id = failed.manual_ancestor_id
        item.manual_ancestor_unique_key = failed.manual_ancestor_unique_key
        item.manual_retry_number = failed.manual_retry_number
        item.defer_date = defer_date
        item.due_date = due_date or failed.due_date
        self.place(item)
        return item

    def manual_retry(self, failed: QueueItem) -> QueueItem:
        """Return the attempt that a reviewer asked for; automatic retries count anew from there."""
        item = self._again(failed)
        item.manual_ancestor_id = failed.id
        item.manual_ancestor_unique_key = failed.unique_key
        item.manual_retry_number = failed.manual_retry_number + 1
        item.retry_number = 0
        self.place(item)
        return item

    def _again(self, failed: QueueItem) -> QueueItem:
        spent = (failed.end_processing or self.now) - (failed.start_processing or self.now)
        return QueueItem(
            tenant_id=failed.tenant_id,
            folder_id=failed.folder_id,
            queue_id=failed.queue_id,
            key=failed.key,
            unique_key=random_guid(self.chance),
            status=Status.NEW,
            review_status=ReviewStatus.NONE,
            priority=failed.priority,
            reference=failed.reference,
            specific_content=failed.specific_content,
            sealed_specific_content=failed.sealed_specific_content,
            source=failed.source,
            due_date=failed.due_date,
            risk_sla_date=failed.risk_sla_date,
            created_at=self.now,
            seconds_in_previous_attempts=int(spent.total_seconds()),
            creator_job_key=failed.creator_job_key,
            parent_operation_id=failed.parent_operation_id,
        )

    def _after_minutes(self, minutes: int) -> datetime | None:
        # A date beyond what the calendar holds is no deadline.
        if not 0 < minutes < 10**9:
            return None
        return self.now + timedelta(minutes=minutes)
