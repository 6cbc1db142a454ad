"""``stagedoor connection map`` and ``unmap``: which tenants are sent to a connection."""

from pathlib import Path

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session


@click.command("map")
@click.argument("name")
@click.argument("tenant", metavar="ORG/TENANT")
@data_dir_option
@common_options
@pass_session
def map_tenant(session: Session, name: str, tenant: str, data_dir: Path | None) -> None:
    """Send the tenant ORG/TENANT of this Stagedoor to the connection NAME, from the next request on."""
    from stagedoor.cli.chosen_tenant import get_tenant, tenant_path

    with session.administrator(data_dir) as client:
        found = get_tenant(client.tenants(), tenant)
        client.connections.map_tenant(found["id"], name)
    if session.wants_json:
        echo_json({"tenant": tenant_path(found), "connection": name})
    else:
        click.echo(f"{tenant_path(found)} is sent to {name}.")


@click.command("unmap")
@click.argument("tenant", metavar="ORG/TENANT")
@data_dir_option
@common_options
@pass_session
def unmap_tenant(session: Session, tenant: str, data_dir: Path | None) -> None:
    """Send the tenant ORG/TENANT back to the embedded Orchestrator."""
    from stagedoor.cli.chosen_tenant import get_tenant, tenant_path

    with session.administrator(data_dir) as client:
        found = get_tenant(client.tenants(), tenant)
        client.connections.unmap_tenant(found["id"])
    if session.wants_json:
        echo_json({"tenant": tenant_path(found), "connection": None})
    else:
        click.echo(f"{tenant_path(found)} is back at the embedded Orchestrator.")
