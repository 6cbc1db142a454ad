"""A small house for tests of the OAuth side: one organization with two tenants, an administrator and a worker."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from stagedoor.identity.organizations.models import Organization, Tenant
from stagedoor.identity.users.models import RoleAssignment, User

BEGINNING = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACME = "0a000000-0000-4000-8000-000000000001"
OTHER = "0a000000-0000-4000-8000-000000000002"
DEV = "0b000000-0000-4000-8000-000000000001"
ADA = "0c000000-0000-4000-8000-000000000001"
WIM = "0c000000-0000-4000-8000-000000000002"
EVE = "0c000000-0000-4000-8000-000000000003"


def fill(session: Session) -> None:
    """Put in ``acme`` (tenant ``dev``, administrator ``ada``, worker ``wim``) and ``other`` (user ``eve``)."""
    for organization_id, name in ((ACME, "acme"), (OTHER, "other")):
        session.add(Organization(id=organization_id, name=name, display_name=name.title(), created_at=BEGINNING))
    session.flush()
    session.add(Tenant(id=DEV, organization_id=ACME, name="dev", display_name="Dev", created_at=BEGINNING))
    session.flush()
    for user_id, organization_id, username, is_administrator in (
        (ADA, ACME, "ada", True),
        (WIM, ACME, "wim", False),
        (EVE, OTHER, "eve", False),
    ):
        session.add(
            User(
                id=user_id,
                organization_id=organization_id,
                username=username,
                email=f"{username}@{'acme' if organization_id == ACME else 'other'}.example",
                first_name=username.title(),
                last_name="Example",
                is_administrator=is_administrator,
                created_at=BEGINNING,
                existed_since=BEGINNING,
            )
        )
    session.flush()
    session.add(RoleAssignment(user_id=WIM, tenant_id=DEV, folder_key=None, role="Automation User"))
    session.flush()
