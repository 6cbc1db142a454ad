"""Show and set the legacy window."""

from sqlalchemy.orm import Session

from stagedoor.admin.legacy_window.errors import LegacyWindowRefused
from stagedoor.admin.legacy_window.schemas import (
    LegacyUseItem,
    LegacyUserItem,
    LegacyWindowFacts,
    LegacyWindowOrder,
)
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.identity.legacy_basic.schemas import Eligibility, LegacyUse
from stagedoor.identity.legacy_basic.service import LegacyBasic
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.errors import OrganizationUnknown
from stagedoor.identity.organizations.service import Organizations
from stagedoor.kit.clock import Clock


class WindowDesk:
    """The legacy window of the visitor's organization."""

    def __init__(
        self,
        organizations: Organizations,
        directory: OrganizationDirectory,
        legacy: LegacyBasic,
        trail: AdministrationTrail,
        clock: Clock,
    ) -> None:
        self._organizations = organizations
        self._directory = directory
        self._legacy = legacy
        self._trail = trail
        self._clock = clock

    def describe(self, session: Session, organization_id: str) -> LegacyWindowFacts:
        """Return the policy, who may log in by it and who did."""
        organization = self._directory.find_organization(organization_id)
        if organization is None:
            raise OrganizationUnknown
        window = organization.legacy_window
        return LegacyWindowFacts(
            organization=organization.name,
            open=window.is_open,
            until=window.until,
            migrated_at=window.migrated_at,
            uses=[_use_item(use) for use in self._legacy.list_uses(session, organization_id)],
            users=[_user_item(eligibility) for eligibility in self._legacy.list_eligibility(organization)],
        )

    def set_window(self, session: Session, visitor: Visitor, order: LegacyWindowOrder) -> None:
        """Open or close the window from the next log-in on. Raises :class:`LegacyWindowRefused`."""
        organization = self._organizations.get_organization(session, visitor.organization_id)
        if order.open and organization.migrated_at is None:
            raise LegacyWindowRefused(
                "This organization was made after passwords for the API were retired; it never had a legacy window.",
                hint="Give its scripts access keys: POST /api/stagedoor/v1/keys.",
            )
        if order.open and order.until is not None and order.until <= self._clock.now():
            raise LegacyWindowRefused("The end of an open window must lie in the future.")
        self._organizations.set_legacy_window(session, organization, is_open=order.open, until=order.until)
        end = f" until {order.until:%Y-%m-%d %H:%M %Z}" if order.until else ""
        state = f"opened{end}" if order.open else "closed"
        self._trail.note(session, visitor, EventName.ADMIN_LEGACY_WINDOW_CHANGED, f"The legacy window was {state}.")


def _use_item(use: LegacyUse) -> LegacyUseItem:
    return LegacyUseItem(
        user=use.username,
        network=use.network,
        client=use.client,
        operation=use.operation,
        count=use.count,
        last_used_at=use.last_used_at,
    )


def _user_item(eligibility: Eligibility) -> LegacyUserItem:
    return LegacyUserItem(
        username=eligibility.username,
        eligible=eligibility.is_eligible,
        reason=eligibility.reason or None,
        sentence=eligibility.sentence or None,
    )
