"""Which tenant a command means."""

from typing import TYPE_CHECKING

import click

from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.session import Session

if TYPE_CHECKING:
    from stagedoor.client import Stagedoor, Tenant


def get_chosen_tenant(session: Session, client: "Stagedoor") -> "Tenant":
    """Return the tenant of ``--tenant``, its variable or the profile, or the only one that there is.

    Raises :class:`CommandFailed` for one that does not exist, :class:`click.UsageError` where there are several.
    """
    wanted = session.choose("tenant").value
    return get_only_tenant(client) if wanted is None else get_tenant(client.tenants(), wanted)


def get_only_tenant(client: "Stagedoor") -> "Tenant":
    """Return the only tenant that there is; raises :class:`click.UsageError` where there are several, or none."""
    tenants = client.tenants()
    if len(tenants) != 1:
        names = ", ".join(map(tenant_path, tenants))
        raise click.UsageError(f"Name the tenant with --tenant: {names or 'there is none yet'}.")
    return tenants[0]


def get_tenant(tenants: "list[Tenant]", path: str) -> "Tenant":
    """Return the tenant of this ``organization/tenant``; raises :class:`CommandFailed` naming those that there are."""
    found = find_tenant(tenants, path)
    if found is None:
        names = ", ".join(map(tenant_path, tenants))
        raise CommandFailed(
            f"There is no tenant {path} that you may enter.",
            hint=f"You may enter: {names}." if names else "An administrator can let you into one.",
            code="tenant_unknown",
        )
    return found


def find_tenant(tenants: "list[Tenant]", path: str) -> "Tenant | None":
    """Return the tenant of this ``organization/tenant``, in any letter case."""
    return next((tenant for tenant in tenants if tenant_path(tenant).lower() == path.lower()), None)


def tenant_path(tenant: "Tenant") -> str:
    """Return a tenant's name as people write it: ``organization/tenant``."""
    return f"{tenant['organization']['name']}/{tenant['name']}"
