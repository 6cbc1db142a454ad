"""All SQL of users of a tenant."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.folder_people.models import FolderMember
from stagedoor.orchestrator.jobs.models import Job
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.orchestrator.roles.models import HeldRole
from stagedoor.orchestrator.users.models import TenantUser, User


def find_user(session: Session, tenant_id: str, number: int) -> User | None:
    """Return the user of this number, if it belongs to the tenant."""
    return session.scalar(select(User).where(User.tenant_id == tenant_id, User.number == number))


def list_users(session: Session, tenant_id: str, numbers: Collection[int]) -> Sequence[User]:
    """Return those of the numbered users who belong to the tenant, by number."""
    wanted = select(User).where(User.tenant_id == tenant_id, User.number.in_(sorted(numbers)))
    return session.scalars(wanted.order_by(User.number)).all()


def list_held(session: Session, tenant_id: str, number: int) -> Sequence[HeldRole]:
    """Return every role that a user holds in the tenant, in the order in which they were given."""
    held = select(HeldRole).where(HeldRole.tenant_id == tenant_id, HeldRole.user_number == number)
    return session.scalars(held.order_by(HeldRole.id)).all()


def list_holders(session: Session, tenant_id: str, role_number: int) -> Sequence[int]:
    """Return the numbers of those who hold a role in the whole tenant."""
    held = select(HeldRole.user_number).where(
        HeldRole.tenant_id == tenant_id, HeldRole.role_number == role_number, HeldRole.folder_key.is_(None)
    )
    return session.scalars(held.distinct().order_by(HeldRole.user_number)).all()


def get_or_add_row(session: Session, tenant_id: str, number: int, *, now: datetime, creator: int | None) -> TenantUser:
    """Return what the tenant keeps of a user, made now if there was nothing."""
    row = session.get(TenantUser, (tenant_id, number))
    if row is None:
        row = TenantUser(tenant_id=tenant_id, user_number=number, created_at=now, creator_user_number=creator)
        session.add(row)
        session.flush()
    return row


def forget_user(session: Session, tenant_id: str, number: int) -> None:
    """Delete what the tenant keeps of a user, and in which folders they are."""
    for table in (FolderMember, TenantUser):
        session.execute(delete(table).where(table.tenant_id == tenant_id, table.user_number == number))


def list_busy(session: Session, tenant_id: str, numbers: Collection[int], states: Collection[int]) -> set[int]:
    """Return those of the users one of whose robots has a job in one of these states."""
    busy = select(Robot.user_number).join(Job, Job.robot_id == Robot.id)
    busy = busy.where(Robot.tenant_id == tenant_id, Robot.user_number.in_(sorted(numbers)), Job.state.in_(states))
    return {number for number in session.scalars(busy) if number is not None}
