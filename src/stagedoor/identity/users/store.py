"""All SQL about users and their roles."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from stagedoor.identity.users.models import RoleAssignment, User

IDS_AT_ONCE = 500


def add(session: Session, row: User | RoleAssignment) -> None:
    """Put a new row into this transaction."""
    session.add(row)
    session.flush()


def remove(session: Session, row: RoleAssignment) -> None:
    """Take a row out."""
    session.delete(row)
    session.flush()


def find_user(session: Session, organization_id: str, user_id: str) -> User | None:
    """Return the user of this id, if it belongs to the organization."""
    return session.scalar(select(User).where(User.id == user_id, User.organization_id == organization_id))


def find_user_by_username(session: Session, organization_id: str, username: str) -> User | None:
    """Return the user of this name; ``username`` in lower case."""
    return session.scalar(select(User).where(User.organization_id == organization_id, User.username == username))


def users_with_email(session: Session, organization_id: str, email: str) -> Sequence[User]:
    """Return up to two users with this address (in lower case): enough to know whether it is one."""
    return session.scalars(
        select(User).where(User.organization_id == organization_id, User.email == email).limit(2)
    ).all()


def list_users(session: Session, organization_id: str, *, after_number: int, limit: int) -> Sequence[User]:
    """Return up to ``limit`` users of an organization in the order of their numbers, behind ``after_number``."""
    return session.scalars(
        select(User)
        .where(User.organization_id == organization_id, User.number > after_number)
        .order_by(User.number)
        .limit(limit)
    ).all()


def all_users(session: Session) -> Iterable[User]:
    """Return every user of every organization, a few at a time."""
    return session.scalars(select(User).execution_options(yield_per=IDS_AT_ONCE))


def users_by_id(session: Session, user_ids: Collection[str]) -> Iterable[User]:
    """Return these users, as far as they exist."""
    ids = list(user_ids)
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield from session.scalars(select(User).where(User.id.in_(ids[start : start + IDS_AT_ONCE])))


def all_roles(session: Session) -> Iterable[RoleAssignment]:
    """Return every role of everybody, in the order in which they were given."""
    return session.scalars(select(RoleAssignment).order_by(RoleAssignment.id))


def roles_of(session: Session, user_ids: Collection[str]) -> Iterable[RoleAssignment]:
    """Return the roles of these users, in the order in which they were given."""
    ids = list(user_ids)
    for start in range(0, len(ids), IDS_AT_ONCE):
        yield from session.scalars(
            select(RoleAssignment)
            .where(RoleAssignment.user_id.in_(ids[start : start + IDS_AT_ONCE]))
            .order_by(RoleAssignment.id)
        )


def find_role(
    session: Session, user_id: str, tenant_id: str, folder_key: str | None, role: str
) -> RoleAssignment | None:
    """Return one assignment."""
    return session.scalar(
        select(RoleAssignment).where(
            RoleAssignment.user_id == user_id,
            RoleAssignment.tenant_id == tenant_id,
            RoleAssignment.folder_key.is_(None) if folder_key is None else RoleAssignment.folder_key == folder_key,
            RoleAssignment.role == role,
        )
    )
