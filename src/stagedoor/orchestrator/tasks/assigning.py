"""Giving tasks to people: who is chosen, who it is passed on to, and taking it back."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from stagedoor.orchestrator.errors import Conflict, InvalidRequest, NotFound
from stagedoor.orchestrator.people import (
    Person,
    find_person,
    find_person_by_name,
    is_one_who,
    may_work_on_tasks,
    place_of,
)
from stagedoor.orchestrator.tasks import store
from stagedoor.orchestrator.tasks.history import Hand, touch, write_down
from stagedoor.orchestrator.tasks.models import Task
from stagedoor.orchestrator.tasks.schemas import Criteria, Happening, Order, Status


def assign_task(session: Session, task: Task, order: Order, hand: Hand) -> None:
    """Give an unassigned task to somebody.

    Raises ``Conflict`` for a task that somebody has or that is completed, ``NotFound`` for a person who is not there
    and ``InvalidRequest`` for one who may not work on the tasks of the folder.
    """
    if task.status != Status.UNASSIGNED:
        raise Conflict(
            f"The task {task.id} is {'completed' if task.status == Status.COMPLETED else 'assigned already'}.",
            hint="A task that somebody has is passed on by ReassignTasks.",
        )
    _give(session, task, order, hand, Happening.ASSIGNED)


def reassign_task(session: Session, task: Task, order: Order, hand: Hand) -> None:
    """Pass a task on from who has it to somebody else; who has it and does so forwards it.

    Raises ``Conflict`` for a task that is nobody's, completed or all of several people's, and otherwise as
    :func:`assign_task` does.
    """
    _verify_movable(task)
    is_own = hand.number is not None and hand.number == task.assigned_to_user_number
    _give(session, task, order, hand, Happening.FORWARDED if is_own else Happening.REASSIGNED)


def unassign_task(session: Session, task: Task, hand: Hand) -> None:
    """Take a task back from who has it; raises ``Conflict`` as :func:`reassign_task` does."""
    _verify_movable(task)
    had = task.assigned_to_user_number
    end_assignment(task, hand)
    task.status = Status.UNASSIGNED
    task.assigned_to_user_number = None
    task.assignment_criteria = Criteria.SINGLE_USER
    touch(task, hand)
    store.assign(session, task, [], Criteria.SINGLE_USER)
    write_down(session, task, Happening.UNASSIGNED, hand, target=had)


def end_assignment(task: Task, hand: Hand) -> None:
    """Add the time that the task has been somebody's to what it took so far."""
    if task.status == Status.PENDING and task.last_assigned_at is not None:
        task.processing_seconds += int((hand.clock.now() - task.last_assigned_at).total_seconds())


def _verify_movable(task: Task) -> None:
    if task.status == Status.UNASSIGNED:
        raise Conflict(f"The task {task.id} is assigned to nobody.", hint="Assign it with AssignTasks.")
    if task.status == Status.COMPLETED:
        raise Conflict(f"The task {task.id} is completed.")
    if task.assignment_criteria == Criteria.ALL_USERS:
        raise Conflict(f"The task {task.id} is assigned to all of several people, and stays with them.")


def _give(session: Session, task: Task, order: Order, hand: Hand, happening: Happening) -> None:
    criteria = Criteria.SINGLE_USER if order.criteria is None else Criteria(order.criteria)
    chosen = _choose(session, task, criteria, _people_of(session, task, order))
    end_assignment(task, hand)
    task.status = Status.PENDING
    task.assignment_criteria = criteria
    task.assigned_to_user_number = None if criteria is Criteria.ALL_USERS else chosen[0]
    task.last_assigned_at = hand.clock.now()
    touch(task, hand)
    store.assign(session, task, chosen, criteria)
    for number in chosen:
        write_down(session, task, happening, hand, target=number)


def _people_of(session: Session, task: Task, order: Order) -> list[int]:
    """Return the numbers of the people that an order names, each once and each able to do the task."""
    named: list[tuple[object, Person | None]] = []
    if order.user_number is not None:
        named.append((order.user_number, find_person(session, task.tenant_id, order.user_number)))
    elif order.user_name is not None:
        named.append((order.user_name, find_person_by_name(session, task.tenant_id, order.user_name)))
    else:
        named += [(number, find_person(session, task.tenant_id, number)) for number in order.user_numbers]
        named += [(name, find_person_by_name(session, task.tenant_id, name)) for name in order.user_names]
    place = place_of(session, store.folder_of(session, task))
    numbers: dict[int, None] = {}
    for word, person in named:
        if person is None or not person.is_active:
            raise NotFound(f"There is no user {word!r}.")
        if not is_one_who(session, person, may_work_on_tasks(place)):
            raise InvalidRequest(
                f"The user {person.username!r} may not work on the tasks of the folder {place.path!r}.",
                hint="Give them a role with Tasks.View and Tasks.Edit in it.",
            )
        numbers[person.number] = None
    return list(numbers)


def _choose(session: Session, task: Task, criteria: Criteria, numbers: Sequence[int]) -> Sequence[int]:
    match criteria:
        case Criteria.ALL_USERS:
            return numbers
        case Criteria.WORKLOAD:
            waiting = store.count_pending(session, task.tenant_id, numbers)
            return [min(numbers, key=lambda number: waiting.get(number, 0))]
        case Criteria.ROUND_ROBIN:
            turns = store.last_turns_of(session, task.tenant_id, numbers)
            return [min(numbers, key=lambda number: turns.get(number, 0))]
        case _:
            return numbers[:1]
