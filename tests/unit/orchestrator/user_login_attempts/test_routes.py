"""Sign-ins of a user are read from the audit."""

from datetime import timedelta

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk
from tests.factories.tasks import GRACE, LINUS, caller_of, settle_people

from stagedoor.audit.event_names import EventName
from stagedoor.audit.models import AuditRow
from stagedoor.orchestrator.errors import NotFound

ATTEMPTS = "UserLoginAttempts_GetById"


def test_only_sign_ins_of_the_user_are_listed_the_newest_first(desk: Desk) -> None:
    settle_people(desk)
    now = desk.clock.now()
    with desk.write() as session:
        for hours, number, event in (
            (1, GRACE, EventName.IDENTITY_SIGN_IN_SUCCEEDED),
            (2, LINUS, EventName.IDENTITY_SIGN_IN_SUCCEEDED),
            (3, GRACE, EventName.IDENTITY_LEGACY_SIGN_IN_SUCCEEDED),
            (4, GRACE, EventName.IDENTITY_TOKEN_ISSUED),
        ):
            session.add(
                AuditRow(
                    time=now + timedelta(hours=hours),
                    event=event.value,
                    caller_id=caller_of(number).id,
                    client_address=f"192.0.2.{hours}",
                )
            )
    rows = desk.call(ATTEMPTS, key=GRACE).content["value"]
    assert [(row["ClientIpAddress"], row["Result"], row["UserId"]) for row in rows] == [
        ("192.0.2.3", "Success", GRACE),
        ("192.0.2.1", "Success", GRACE),
    ]
    for more in ({"key": 999}, {"key": GRACE, "tenant": OTHER_TENANT}):
        with pytest.raises(NotFound):
            desk.call(ATTEMPTS, **more)
