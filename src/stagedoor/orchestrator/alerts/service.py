"""Raising alerts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.orm import Session

from stagedoor.orchestrator.alerts import store
from stagedoor.orchestrator.alerts.models import Alert
from stagedoor.orchestrator.alerts.schemas import COMPONENT, Severity


def raise_alert(
    session: Session,
    tenant_id: str,
    name: str,
    data: Mapping[str, Any],
    *,
    key: str,
    component: str,
    severity: Severity,
    at: datetime,
    folder_id: int | None = None,
) -> None:
    """Raise an alert for everybody who may look; ``key`` is its own GUID, ``component`` one of the vendor's words."""
    store.add_alert(
        session,
        Alert(
            tenant_id=tenant_id,
            key=key,
            folder_id=folder_id,
            notification_name=name,
            data=orjson.dumps(dict(data), option=orjson.OPT_UTC_Z).decode(),
            component=COMPONENT.members[component],
            severity=severity,
            created_at=at,
        ),
    )
