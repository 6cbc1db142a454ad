"""All SQL about the uses of basic authentication."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
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


@dataclass(frozen=True, slots=True)
class UseSum:
    """How often something was done since the last writing, and when first and last."""

    count: int
    first_at: datetime
    last_at: datetime


def add_uses(session: Session, sums: Mapping[UsePlace, UseSum]) -> None:
    """Add to counts, each of which begins with its first use. One statement, so that two servers can write at once."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(LegacyUseCount)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "user_id", "network", "client", "operation"],
            set_={
                "count": LegacyUseCount.count + statement.excluded.count,
                "last_used_at": statement.excluded.last_used_at,
            },
        ),
        [
            {
                "organization_id": place.organization_id,
                "user_id": place.user_id,
                "network": place.network,
                "client": place.client,
                "operation": place.operation,
                "count": added.count,
                "first_used_at": added.first_at,
                "last_used_at": added.last_at,
            }
            for place, added in sums.items()
        ],
    )


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
