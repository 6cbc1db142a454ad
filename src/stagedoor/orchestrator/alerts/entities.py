"""How an alert looks in the vendor's API: read or not depends on who looks."""

from typing import Any

from sqlalchemy import ColumnElement, case, exists

from stagedoor.orchestrator.alerts.models import Alert, AlertReading
from stagedoor.orchestrator.alerts.schemas import COMPONENT, SEVERITY, STATE
from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Expression, Property


def alerts_for(reader_id: str) -> EntitySet:
    """Return the list of alerts as one reader sees it."""

    def state(alert: Any) -> ColumnElement[int]:
        is_read = exists().where(AlertReading.alert_id == alert.id, AlertReading.reader_id == reader_id)
        return case((is_read, STATE.members["Read"]), else_=STATE.members["Unread"])

    alert = EntityType(
        "AlertDto",
        Alert,
        (
            Property("NotificationName", EdmType.STRING, Alert.notification_name, writable=False),
            Property("Data", EdmType.STRING, Alert.data, filterable=False, writable=False),
            Property("Component", COMPONENT, Alert.component, nullable=False, writable=False),
            Property("Severity", SEVERITY, Alert.severity, nullable=False, writable=False),
            Property("CreationTime", EdmType.DATE_TIME_OFFSET, Alert.created_at, nullable=False, writable=False),
            Property("State", STATE, Expression(state), nullable=False, writable=False),
            Property("UserNotificationId", EdmType.GUID, Alert.key, nullable=False, writable=False),
            Property("DeepLinkRelativeUrl", EdmType.STRING, Alert.deep_link, writable=False),
            Property("Id", EdmType.GUID, Alert.key, nullable=False, writable=False),
        ),
    )
    return EntitySet("Alerts", alert)


ALERTS = alerts_for("")
"""The list as nobody in particular sees it, for what describes the service."""
