"""All SQL of credential stores."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, false, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.assets.models import Asset
from stagedoor.orchestrator.assets.schemas import ValueType
from stagedoor.orchestrator.assets.store import within_reach as assets_within_reach
from stagedoor.orchestrator.collisions import collision_refused
from stagedoor.orchestrator.credential_stores.models import CredentialStore
from stagedoor.orchestrator.errors import NameInUse
from stagedoor.orchestrator.folders.store import select_ids_within_reach
from stagedoor.orchestrator.robots.models import Robot
from stagedoor.passage import Reach


def has_id(store_id: int) -> ColumnElement[bool]:
    """Return the condition that picks one store."""
    return CredentialStore.id == store_id


def is_behind(proxy_id: int, *, stores_only: bool) -> ColumnElement[bool]:
    """Return the condition that a store is reached through a proxy; what else a proxy could hold is not there."""
    return CredentialStore.proxy_id == proxy_id if stores_only else false()


def has_any(session: Session, tenant_id: str) -> bool:
    """Tell whether the tenant has its own store yet."""
    return bool(session.scalar(select(exists().where(CredentialStore.tenant_id == tenant_id))))


def save_store(session: Session, row: CredentialStore) -> None:
    """Store a new or changed one; raises ``NameInUse`` for a name that the tenant has."""
    with collision_refused(session, NameInUse(f"There is a credential store named {row.name!r} already.")):
        session.add(row)


def list_stores(session: Session, tenant_id: str) -> Sequence[CredentialStore]:
    """Return the tenant's stores, the first of them its own."""
    rows = select(CredentialStore).where(CredentialStore.tenant_id == tenant_id)
    return session.scalars(rows.order_by(CredentialStore.id)).all()


def list_stores_to_change(session: Session, tenant_id: str) -> Sequence[CredentialStore]:
    """Return the tenant's stores, the first of them its own, locked until the transaction ends."""
    rows = select(CredentialStore).where(CredentialStore.tenant_id == tenant_id)
    return session.scalars(rows.order_by(CredentialStore.id).with_for_update()).all()


def find_store(session: Session, tenant_id: str, store_id: int) -> CredentialStore | None:
    """Return a store of the tenant."""
    return session.scalar(
        select(CredentialStore).where(CredentialStore.tenant_id == tenant_id, CredentialStore.id == store_id)
    )


def delete_store(session: Session, row: CredentialStore) -> None:
    """Delete a store."""
    session.delete(row)
    session.flush()


def assets_with(tenant_id: str, reach: Reach, value_type: ValueType) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an asset within reach holds a value of this kind."""
    return (Asset.value_type == value_type, assets_within_reach(tenant_id, reach, except_folder_id=None))


def robots_within(tenant_id: str, reach: Reach) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a robot of a folder within reach logs in somewhere."""
    return (Robot.username.is_not(None), Robot.folder_id.in_(select_ids_within_reach(tenant_id, reach)))


def nothing() -> tuple[ColumnElement[bool], ...]:
    """Return a condition that nothing meets."""
    return (false(),)
