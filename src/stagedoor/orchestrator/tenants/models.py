"""What is read of tenants."""

from typing import TYPE_CHECKING

from sqlalchemy import literal, select
from sqlalchemy.orm import Mapped

from stagedoor.orchestrator.people import TENANTS, PeopleView


class TenantView(PeopleView):
    """A tenant; ``number`` is the same for each, since each is the only one that its callers see."""

    __table__ = select(
        literal(1).label("number"),
        TENANTS.c.id.label("tenant_id"),
        TENANTS.c.name,
        TENANTS.c.display_name,
    ).subquery("own_tenants")
    __mapper_args__ = {"primary_key": [__table__.c.tenant_id]}  # noqa: RUF012  # as declared there

    if TYPE_CHECKING:
        number: Mapped[int]
        tenant_id: Mapped[str]
        name: Mapped[str]
        display_name: Mapped[str]
