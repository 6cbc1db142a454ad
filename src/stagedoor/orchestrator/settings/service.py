"""What a tenant's Orchestrator tells about itself, and the values set on it."""

from sqlalchemy.orm import Session

from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.settings import store
from stagedoor.orchestrator.settings.errors import SecretSettingRefused
from stagedoor.orchestrator.settings.models import Setting
from stagedoor.passage import TenantPlace

SECRET_WORDS = ("password", "secret", "token", "apikey", "connectionstring", "credential")


def authentication_settings(tenant: TenantPlace | None, build_version: str) -> dict[str, str]:
    """Return what a client may know before it signs in: how to, and which generation it talks to.

    The tenant is told to those inside it alone; ``None`` stands for somebody who has not signed in.
    """
    return {
        "Build.Version": build_version,
        "Authentication.HostTenant": "Host",
        "Authentication.DefaultTenant": "" if tenant is None else tenant.tenant_name,
        "WindowsAuth.Enabled": "false",
        "GoogleAuth.Enabled": "false",
        "AzureADAuth.Enabled": "false",
        "SAML2Auth.Enabled": "false",
    }


def get_setting(session: Session, tenant_id: str, name: str) -> Setting:
    """Return a setting; raises :class:`NotFound` if it was never set."""
    setting = store.find_setting(session, tenant_id, name)
    if setting is None:
        raise NotFound("There is no setting of this name.")
    return setting


def save_setting(session: Session, tenant_id: str, name: str, value: str | None, scope: int) -> None:
    """Set a value; raises :class:`SecretSettingRefused` for a name that speaks of a secret."""
    letters = "".join(letter for letter in name.lower() if letter.isalnum())
    if value and any(word in letters for word in SECRET_WORDS):
        raise SecretSettingRefused
    store.save_setting(session, tenant_id, name, value, scope)
