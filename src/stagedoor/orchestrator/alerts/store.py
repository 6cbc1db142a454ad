"""All SQL of alerts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.alerts.models import Alert, AlertReading
from stagedoor.orchestrator.folders.store import select_ids_within_reach
from stagedoor.passage import Reach


def add_alert(session: Session, alert: Alert) -> None:
    """Have an alert written down with the transaction's next flush."""
    session.add(alert)


def within_reach(tenant_id: str, reach: Reach) -> ColumnElement[bool]:
    """Return the condition that an alert is of the tenant as a whole, or of a folder within reach."""
    return or_(Alert.folder_id.is_(None), Alert.folder_id.in_(select_ids_within_reach(tenant_id, reach)))


def _is_unread(reader_id: str) -> ColumnElement[bool]:
    return ~exists().where(AlertReading.alert_id == Alert.id, AlertReading.reader_id == reader_id)


def count_unread(session: Session, tenant_id: str, reach: Reach, reader_id: str) -> int:
    """Return how many alerts a reader has not read."""
    unread = (Alert.tenant_id == tenant_id, within_reach(tenant_id, reach), _is_unread(reader_id))
    return session.scalar(select(func.count()).select_from(Alert).where(*unread)) or 0


def mark_as_read(session: Session, tenant_id: str, reach: Reach, reader_id: str, keys: Sequence[str]) -> None:
    """Note that a reader has read these alerts, as far as there are such and they may see them."""
    fresh = session.scalars(
        select(Alert.id).where(
            Alert.tenant_id == tenant_id, Alert.key.in_(keys), within_reach(tenant_id, reach), _is_unread(reader_id)
        )
    ).all()
    if fresh:
        session.execute(insert(AlertReading), [{"alert_id": alert_id, "reader_id": reader_id} for alert_id in fresh])
