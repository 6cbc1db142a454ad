"""All SQL about personal access tokens."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from stagedoor.identity.personal_access_tokens.models import PersonalAccessToken

ROWS_AT_ONCE = 500


def add(session: Session, row: PersonalAccessToken) -> None:
    """Put a new token into this transaction."""
    session.add(row)
    session.flush()


def find_token(session: Session, user_id: str, token_id: str) -> PersonalAccessToken | None:
    """Return one token of a user."""
    return session.scalar(
        select(PersonalAccessToken).where(PersonalAccessToken.id == token_id, PersonalAccessToken.user_id == user_id)
    )


def find_token_of_organization(session: Session, organization_id: str, token_id: str) -> PersonalAccessToken | None:
    """Return one token of anybody in an organization."""
    return session.scalar(
        select(PersonalAccessToken).where(
            PersonalAccessToken.id == token_id, PersonalAccessToken.organization_id == organization_id
        )
    )


def list_tokens(
    session: Session, *, organization_id: str, user_id: str | None, after: str, limit: int
) -> Sequence[PersonalAccessToken]:
    """Return up to ``limit`` tokens of an organization, of one user or of all, in the order of their ids."""
    statement = select(PersonalAccessToken).where(
        PersonalAccessToken.organization_id == organization_id, PersonalAccessToken.id > after
    )
    if user_id is not None:
        statement = statement.where(PersonalAccessToken.user_id == user_id)
    return session.scalars(statement.order_by(PersonalAccessToken.id).limit(limit)).all()


def live_tokens(session: Session, now: datetime) -> Iterable[PersonalAccessToken]:
    """Return every token that still opens something."""
    return session.scalars(
        select(PersonalAccessToken)
        .where(PersonalAccessToken.revoked_at.is_(None), PersonalAccessToken.expires_at > now)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )


def tokens_in_force_of(session: Session, user_id: str) -> Sequence[PersonalAccessToken]:
    """Return a user's tokens that were not ended; some may have expired."""
    return session.scalars(
        select(PersonalAccessToken).where(
            PersonalAccessToken.user_id == user_id, PersonalAccessToken.revoked_at.is_(None)
        )
    ).all()


def tokens_by_id(session: Session, token_ids: Collection[str]) -> Iterable[PersonalAccessToken]:
    """Return these tokens, as far as they exist."""
    ids = list(token_ids)
    for start in range(0, len(ids), ROWS_AT_ONCE):
        some = ids[start : start + ROWS_AT_ONCE]
        yield from session.scalars(select(PersonalAccessToken).where(PersonalAccessToken.id.in_(some)))


def write_last_uses(session: Session, last_used: Mapping[str, datetime]) -> None:
    """Write when tokens were last used; a later use that another process wrote stays."""
    column = PersonalAccessToken.last_used_at
    later = or_(column.is_(None), column < bindparam("at"))
    session.execute(
        update(cast("Table", PersonalAccessToken.__table__))
        .where(PersonalAccessToken.id == bindparam("token_id"), later)
        .values({column: bindparam("at")}),
        [{"token_id": token_id, "at": at} for token_id, at in last_used.items()],
    )
