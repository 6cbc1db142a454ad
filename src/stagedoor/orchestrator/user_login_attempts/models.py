"""What is read of sign-ins."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from stagedoor.audit.event_names import EventName
from stagedoor.audit.models import AuditRow
from stagedoor.orchestrator.people import TENANTS, USERS, PeopleView

SIGN_INS = (EventName.IDENTITY_SIGN_IN_SUCCEEDED, EventName.IDENTITY_LEGACY_SIGN_IN_SUCCEEDED)
"""Failed ones name nobody: who somebody merely claimed to be is never written down."""


class SignIn(PeopleView):
    """A sign-in of a person of the tenant's organization."""

    __table__ = (
        select(
            AuditRow.id,
            AuditRow.time,
            AuditRow.client_address,
            USERS.c.number.label("user_number"),
            TENANTS.c.id.label("tenant_id"),
        )
        .join_from(AuditRow, USERS, USERS.c.id == AuditRow.caller_id)
        .join(TENANTS, TENANTS.c.organization_id == USERS.c.organization_id)
        .where(AuditRow.event.in_([event.value for event in SIGN_INS]))
        .subquery("sign_ins_of_people")
    )
    __mapper_args__ = {"primary_key": [__table__.c.id, __table__.c.tenant_id]}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        id: Mapped[int]
        time: Mapped[datetime]
        client_address: Mapped[str | None]
        user_number: Mapped[int]
        tenant_id: Mapped[str]
