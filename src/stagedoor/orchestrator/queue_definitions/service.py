"""What may be done with queues: make, change, delete and share them; each within one folder of one tenant."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.queue_definitions import store
from stagedoor.orchestrator.queue_definitions.models import QueueDefinition
from stagedoor.orchestrator.queue_definitions.schemas import SCHEMA_COLUMNS, QueueValues
from stagedoor.orchestrator.sharing import Shares, verify_folders, verify_seen_within_reach
from stagedoor.passage import Reach


def create_queue(
    session: Session, tenant_id: str, folder_id: int, values: QueueValues, *, clock: Clock, chance: Chance
) -> QueueDefinition:
    """Make a queue; raises ``NameInUse`` (409/1001) for a name that the folder has, ``NotFound`` for its release."""
    _verify_release(session, tenant_id, values.release_id)
    queue = QueueDefinition(
        tenant_id=tenant_id,
        key=random_guid(chance),
        folder_id=folder_id,
        name=values.name,
        description=values.description,
        max_number_of_retries=values.max_number_of_retries or 0,
        accept_automatically_retry=bool(values.accept_automatically_retry),
        retry_abandoned_items=bool(values.retry_abandoned_items),
        enforce_unique_reference=bool(values.enforce_unique_reference),
        sla_in_minutes=values.sla_in_minutes or 0,
        risk_sla_in_minutes=values.risk_sla_in_minutes or 0,
        release_id=values.release_id,
        encrypted=bool(values.encrypted),
        specific_data_json_schema=values.specific_data_json_schema or None,
        output_data_json_schema=values.output_data_json_schema or None,
        analytics_data_json_schema=values.analytics_data_json_schema or None,
        tags=values.tags,
        created_at=clock.now(),
    )
    store.add_queue(session, queue)
    return queue


def update_queue(session: Session, queue: QueueDefinition, values: QueueValues) -> None:
    """Change what was sent and leave the rest.

    Whether references are unique, and whether content is sealed, was decided when the queue was made (400/1000 for a
    change), because the items that are there would have to agree. They are not held to a schema that comes later.
    """
    if values.enforce_unique_reference not in (None, queue.enforce_unique_reference):
        raise InvalidRequest(
            "EnforceUniqueReference is decided when a queue is made and cannot be changed.",
            hint="Make another queue and move the items.",
            details={"field": "EnforceUniqueReference"},
        )
    if values.encrypted not in (None, queue.encrypted):
        raise InvalidRequest(
            "Encrypted is decided when a queue is made and cannot be changed.",
            hint="Make another queue and move the items.",
            details={"field": "Encrypted"},
        )
    _verify_release(session, queue.tenant_id, values.release_id)
    for column in SCHEMA_COLUMNS.values():
        schema = getattr(values, column)
        if schema is not None:
            setattr(queue, column, schema or None)
    if values.name != queue.name:
        store.links.rename(session, queue.id, values.name)
        queue.name = values.name
    for name in (
        "description",
        "max_number_of_retries",
        "accept_automatically_retry",
        "retry_abandoned_items",
        "sla_in_minutes",
        "risk_sla_in_minutes",
        "release_id",
        "tags",
    ):
        value = getattr(values, name)
        if value is not None:
            setattr(queue, name, value)


def get_queue(session: Session, tenant_id: str, folder_id: int, queue_id: int) -> QueueDefinition:
    """Return a queue that the folder sees, or raise ``NotFound``."""
    queue = store.find_queue(session, tenant_id, folder_id, queue_id)
    if queue is None:
        raise NotFound(f"There is no queue {queue_id} in this folder.")
    return queue


def get_queue_by_name(session: Session, tenant_id: str, folder_id: int, name: str) -> QueueDefinition:
    """Return the queue that the folder sees under this name, in any letter case, or raise ``NotFound``."""
    queue = store.find_queue_by_name(session, tenant_id, folder_id, name)
    if queue is None:
        raise NotFound(f"There is no queue named {name!r} in this folder.")
    return queue


def delete_queue(session: Session, queue: QueueDefinition, reach: Reach) -> None:
    """Delete a queue with everything that stands in it, for every folder that sees it.

    Raises ``Conflict`` if one of those folders is out of reach.
    """
    verify_seen_within_reach(*list_folders(session, queue, reach), f"The queue {queue.name!r}")
    store.delete_queue(session, queue)


def list_folders(session: Session, queue: QueueDefinition, reach: Reach) -> tuple[Sequence[Folder], int]:
    """Return the folders within reach that see the queue, and how many see it in all."""
    return store.links.list_folders(session, queue.tenant_id, queue.id, reach)


def share_queues(session: Session, tenant_id: str, folder_id: int, shares: Shares[int], reach: Reach) -> None:
    """Let folders within reach see queues of this folder, or see them no longer.

    Raises ``NotFound`` for a queue or folder that is not there, ``NameInUse`` for a folder with another queue of that
    name, ``Conflict`` for taking a queue out of its home folder, where its items stand.
    """
    verify_folders(session, tenant_id, reach, shares)
    for queue_id in shares.thing_ids:
        queue = get_queue(session, tenant_id, folder_id, queue_id)
        for target in shares.add_to:
            store.links.link(session, queue.id, target, queue.name)
        for target in shares.remove_from:
            if target == queue.folder_id:
                raise Conflict(f"The queue {queue.name!r} cannot be taken out of the folder that it was made in.")
            store.links.unlink(session, queue.id, target)


def _verify_release(session: Session, tenant_id: str, release_id: int | None) -> None:
    if release_id is not None and not store.has_release(session, tenant_id, release_id):
        raise NotFound(f"There is no release {release_id}.")
