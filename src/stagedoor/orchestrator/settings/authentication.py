"""What a client may know before it signs in: how to, and which generation it talks to."""

from stagedoor.orchestrator.status.version import BUILD_VERSION
from stagedoor.passage import TenantPlace


def describe_authentication(tenant: TenantPlace | None) -> dict[str, list[str]]:
    """Return the fields of the authentication settings, keys and values side by side.

    The tenant is told to those inside it alone; ``None`` stands for somebody who has not signed in.
    """
    settings = {
        "Build.Version": BUILD_VERSION,
        "Authentication.HostTenant": "Host",
        "Authentication.DefaultTenant": "" if tenant is None else tenant.tenant_name,
        "WindowsAuth.Enabled": "false",
        "GoogleAuth.Enabled": "false",
        "AzureADAuth.Enabled": "false",
        "SAML2Auth.Enabled": "false",
    }
    return {"Keys": list(settings), "Values": list(settings.values())}
