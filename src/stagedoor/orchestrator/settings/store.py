"""All SQL of settings."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.settings.models import Setting, UserSetting


def find_setting(session: Session, tenant_id: str, name: str) -> Setting | None:
    """Return the setting of this name, in any letter case."""
    return session.scalar(select(Setting).where(Setting.tenant_id == tenant_id, Setting.name_folded == name.casefold()))


def save_setting(session: Session, tenant_id: str, name: str, value: str | None, scope: int) -> None:
    """Set a value, whether or not there was one."""
    setting = find_setting(session, tenant_id, name)
    if setting is None:
        setting = Setting(tenant_id=tenant_id, name=name, name_folded=name.casefold())
        session.add(setting)
    setting.value = value
    setting.scope = scope
    session.flush()


def delete_settings(session: Session, tenant_id: str, names: Collection[str]) -> None:
    """Delete the settings of these names, as far as there are any."""
    folded = [name.casefold() for name in names]
    session.execute(delete(Setting).where(Setting.tenant_id == tenant_id, Setting.name_folded.in_(folded)))


def find_user_setting(session: Session, tenant_id: str, user_id: str, name: str) -> UserSetting | None:
    """Return what a user set for themselves under this name, in any letter case."""
    return session.get(UserSetting, (tenant_id, user_id, name.casefold()))


def save_user_setting(session: Session, tenant_id: str, user_id: str, name: str, value: str | None) -> None:
    """Set a user's own value, whether or not there was one."""
    setting = find_user_setting(session, tenant_id, user_id, name)
    if setting is None:
        setting = UserSetting(tenant_id=tenant_id, user_id=user_id, name_folded=name.casefold(), name=name)
        session.add(setting)
    setting.value = value
    session.flush()
