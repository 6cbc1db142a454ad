"""What a tenant's Orchestrator tells about itself, and the values set on it."""

import orjson
from sqlalchemy.orm import Session

from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.settings import store
from stagedoor.orchestrator.settings.errors import SecretSettingRefused
from stagedoor.orchestrator.settings.models import Setting
from stagedoor.orchestrator.settings.schemas import SETTING_SCOPE, TenantCalendar

CALENDAR = "Stagedoor.TenantCalendar"
"""The setting that holds what the vendor's older operations call the tenant's calendar."""

SECRET_WORDS = ("password", "secret", "token", "apikey", "connectionstring", "credential")


def get_setting(session: Session, tenant_id: str, name: str) -> Setting:
    """Return a setting; raises :class:`NotFound` if it was never set."""
    setting = store.find_setting(session, tenant_id, name)
    if setting is None:
        raise NotFound("There is no setting of this name.")
    return setting


def find_value(session: Session, tenant_id: str, user_id: str, name: str) -> str | None:
    """Return a value as one user sees it: their own, else the tenant's; raises :class:`NotFound` without either."""
    own = store.find_user_setting(session, tenant_id, user_id, name)
    return get_setting(session, tenant_id, name).value if own is None else own.value


def save_setting(session: Session, tenant_id: str, name: str, value: str | None, scope: int) -> None:
    """Set a value; raises :class:`SecretSettingRefused` for a name that speaks of a secret."""
    _verify_no_secret(name, value)
    store.save_setting(session, tenant_id, name, value, scope)


def save_user_setting(session: Session, tenant_id: str, user_id: str, name: str, value: str | None) -> None:
    """Set a user's own value; raises :class:`SecretSettingRefused` for a name that speaks of a secret."""
    _verify_no_secret(name, value)
    store.save_user_setting(session, tenant_id, user_id, name, value)


def calendar_of(session: Session, tenant_id: str) -> TenantCalendar:
    """Return the tenant's calendar; one without a zone or a day where none was set."""
    setting = store.find_setting(session, tenant_id, CALENDAR)
    if setting is None or setting.value is None:
        return TenantCalendar(None, ())
    kept = orjson.loads(setting.value)
    return TenantCalendar(kept["TimeZoneId"], tuple(kept["ExcludedDates"]))


def save_calendar(session: Session, tenant_id: str, calendar: TenantCalendar) -> None:
    """Set the tenant's calendar."""
    kept = {"TimeZoneId": calendar.time_zone_id, "ExcludedDates": list(calendar.excluded_dates)}
    store.save_setting(session, tenant_id, CALENDAR, orjson.dumps(kept).decode(), SETTING_SCOPE.members["Tenant"])


def _verify_no_secret(name: str, value: str | None) -> None:
    letters = "".join(letter for letter in name.lower() if letter.isalnum())
    if value and any(word in letters for word in SECRET_WORDS):
        raise SecretSettingRefused
