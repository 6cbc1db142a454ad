"""``stagedoor robot script list``: the rules there are."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session, tenant_option
from stagedoor.cli.output import echo_json, echo_table
from stagedoor.cli.session import Session

if TYPE_CHECKING:
    from stagedoor.client import RobotScript


@click.command("list")
@tenant_option
@data_dir_option
@common_options
@pass_session
def list_scripts(session: Session, data_dir: Path | None) -> None:
    """List the rules in the order in which they are asked: the first that fits a job counts."""
    from stagedoor.cli.chosen_tenant import get_chosen_tenant, tenant_path

    with session.administrator(data_dir) as client:
        found = client.robot_scripts.list(tenant=tenant_path(get_chosen_tenant(session, client)))
    if session.wants_json:
        echo_json(found)
        return
    echo_table(
        ["Id", "Process", "When", "Ends", "Waits", "Runs", "Says"],
        (
            (
                rule["id"],
                rule["process"],
                _condition(rule),
                rule["script"]["ending"],
                f"{rule['script']['pendingSeconds']:g} s",
                f"{rule['script']['runningSeconds']:g} s",
                _said(rule["script"]),
            )
            for rule in found
        ),
        empty="There is no rule: every job waits a second, runs two and succeeds.",
    )


def _condition(rule: "RobotScript") -> str | None:
    return None if rule["when"] is None else ", ".join(f"{name}={json.dumps(it)}" for name, it in rule["when"].items())


def _said(script: dict[str, Any]) -> str | None:
    if script["ending"] == "fault":
        return str(script["reason"])
    return None if script["output"] is None else json.dumps(script["output"])
