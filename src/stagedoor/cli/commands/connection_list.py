"""``stagedoor connection list``: the connections, and how their sign-in stands."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session
from stagedoor.cli.output import echo_json, echo_table
from stagedoor.cli.session import Session

if TYPE_CHECKING:
    from stagedoor.client import SignInFacts

STATES = {"not_yet": "not signed in yet", "signed_in": "signed in", "failing": "fails"}


@click.command("list")
@data_dir_option
@common_options
@pass_session
def list_connections(session: Session, data_dir: Path | None) -> None:
    """List connections: where each leads, which tenants are sent there, how its sign-in stands; never the secret."""
    with session.administrator(data_dir) as client:
        found = client.connections.list()
    if session.wants_json:
        echo_json(found)
        return
    echo_table(
        ["Name", "Kind", "Orchestrator", "Tenants sent there", "Sign-in"],
        ((it["name"], it["kind"], it["url"], it["tenants"], _state(it["sign_in"])) for it in found),
        empty="There is no connection; `stagedoor connect --help` says how to make one.",
    )


def _state(sign_in: "SignInFacts") -> str:
    state = STATES.get(sign_in["state"], sign_in["state"])
    problem = sign_in["problem"]
    return f"{state}: {problem['says']}" if problem else state
