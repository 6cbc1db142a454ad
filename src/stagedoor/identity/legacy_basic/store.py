"""All SQL about the uses of basic authentication."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from stagedoor.identity.legacy_basic.models import LegacyUseCount
from stagedoor.identity.users.models import User


@dataclass(frozen=True, slots=True)
class UsePlace:
    """What is counted apart."""

    organization_id: str
    user_id: str
    network: str
    client: str
    operation: str


def add_uses(session: Session, place: UsePlace, *, count: int, first_at: datetime, last_at: datetime) -> None:
    """Add to a count, which begins with the first use."""
    changed = session.execute(
        update(LegacyUseCount)
        .where(
            LegacyUseCount.organization_id == place.organization_id,
            LegacyUseCount.user_id == place.user_id,
            LegacyUseCount.network == place.network,
            LegacyUseCount.client == place.client,
            LegacyUseCount.operation == place.operation,
        )
        .values(count=LegacyUseCount.count + count, last_used_at=last_at)
        .returning(LegacyUseCount.id)
    )
    if changed.first() is None:
        session.add(
            LegacyUseCount(
                organization_id=place.organization_id,
                user_id=place.user_id,
                network=place.network,
                client=place.client,
                operation=place.operation,
                count=count,
                first_used_at=first_at,
                last_used_at=last_at,
            )
        )
        session.flush()


def list_uses(session: Session, organization_id: str, *, limit: int) -> Sequence[tuple[LegacyUseCount, str]]:
    """Return an organization's counts with the names of the users, the latest used in front."""
    rows = session.execute(
        select(LegacyUseCount, User.username)
        .join(User, User.id == LegacyUseCount.user_id)
        .where(LegacyUseCount.organization_id == organization_id)
        .order_by(LegacyUseCount.last_used_at.desc(), LegacyUseCount.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
