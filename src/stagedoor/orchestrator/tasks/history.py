"""Who does something to tasks, and the history that it leaves."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.tasks import store
from stagedoor.orchestrator.tasks.models import Task, TaskActivity, TaskNote
from stagedoor.orchestrator.tasks.news import tell_of_task
from stagedoor.orchestrator.tasks.schemas import Happening


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does something, by the vendor's number, with the clock, chance and vault of the call.

    ``number`` is ``None`` for a caller that the vendor's API has no number for.
    """

    number: int | None
    clock: Clock
    chance: Chance
    vault: Vault


def hand_of(call: Call) -> Hand:
    """Return the caller as somebody who does something to tasks."""
    return Hand(call.caller.number or None, call.clock, call.chance, call.vault)


def write_down(
    session: Session,
    task: Task,
    happening: Happening,
    hand: Hand,
    *,
    target: int | None = None,
    note: TaskNote | None = None,
) -> None:
    """Add to a task's history; ``target`` is the person that it came to or was taken from."""
    store.add(
        session,
        TaskActivity(
            tenant_id=task.tenant_id,
            folder_id=task.folder_id,
            task_id=task.id,
            task_key=task.key,
            key=random_guid(hand.chance),
            type=happening,
            created_at=hand.clock.now(),
            creator_user_number=hand.number,
            target_user_number=target,
            note_id=None if note is None else note.id,
        ),
    )
    tell_of_task(session, task, happening, hand.clock.now(), hand.number)


def remark(session: Session, task: Task, text: str, hand: Hand) -> TaskNote:
    """Add a note to a task, which is part of its history too."""
    note = TaskNote(
        tenant_id=task.tenant_id,
        folder_id=task.folder_id,
        task_id=task.id,
        key=random_guid(hand.chance),
        text=text,
        created_at=hand.clock.now(),
        creator_user_number=hand.number,
    )
    store.add(session, note)
    write_down(session, task, Happening.COMMENTED, hand, note=note)
    return note


def touch(task: Task, hand: Hand) -> None:
    """Write down who changed a task last, and when."""
    task.modified_at = hand.clock.now()
    task.modifier_user_number = hand.number
