"""``stagedoor robot script set``: give a script to the jobs of some processes."""

import json
from pathlib import Path
from typing import Any

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session, tenant_option
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")
SECONDS = click.FloatRange(0)


@click.command(
    "set",
    epilog="""\b
Examples:
  stagedoor robot script set InvoiceBot --returns '{"Approved": true}' --runs 30
  stagedoor robot script set 'Invoice*' --ends fault --reason 'The invoice has no number.' --when Amount=13
  stagedoor robot script set NightlyBot --ends hang --on-stop ignore
  stagedoor robot script set InvoiceBot --ends suspend --log 'warn: Somebody has to approve this.'
  stagedoor robot script set InvoiceBot --script everything.json

\b
A script as JSON (--script; the options above win over it) may have: pendingSeconds, runningSeconds, ending, output,
reason, softStop, stoppingSeconds, terminatingSeconds, logs, logsStartAndEnd, test.
""",
)
@click.argument("process")
@click.option(
    "--ends",
    type=click.Choice(["succeed", "fault", "hang", "suspend"]),
    help="How a job ends: hang runs until it is stopped, suspend until it is resumed. Without: succeed.",
)
@click.option("--reason", metavar="TEXT", help="The exception of a job that faults.")
@click.option("--returns", "output_arguments", metavar="JSON", help="What a job gives back.")
@click.option("--waits", type=SECONDS, metavar="SECONDS", help="How long a job is Pending. Without: 1.")
@click.option("--runs", type=SECONDS, metavar="SECONDS", help="How long it is Running. Without: 2.")
@click.option("--log", "lines", multiple=True, metavar="LEVEL:TEXT", help="A line that it logs; may be repeated.")
@click.option(
    "--on-stop",
    type=click.Choice(["stop", "finish", "ignore"]),
    help="What it does when it is asked to stop: ignore goes on until it is killed. Without: stop.",
)
@click.option(
    "--when", "condition", metavar="NAME=VALUE", help="Only jobs whose input has this argument; VALUE is JSON or text."
)
@click.option(
    "--script", "file", type=click.File(encoding="utf-8"), metavar="FILE", help="The script as JSON; - reads stdin."
)
@tenant_option
@data_dir_option
@common_options
@pass_session
def set_script(
    session: Session,
    process: str,
    ends: str | None,
    reason: str | None,
    output_arguments: str | None,
    waits: float | None,
    runs: float | None,
    lines: tuple[str, ...],
    on_stop: str | None,
    condition: str | None,
    file: Any,
    data_dir: Path | None,
) -> None:
    """Let jobs of PROCESS follow a script from now on.

    In PROCESS `*` stands for anything, in any letter case. A rule for the same processes and the same argument is
    replaced; the new one is asked before all others. Jobs that were started keep the script that they have.
    """
    from stagedoor.cli.chosen_tenant import get_chosen_tenant, tenant_path

    given = {
        "ending": ends,
        "reason": reason,
        "output": None if output_arguments is None else _object(output_arguments, "--returns"),
        "pendingSeconds": waits,
        "runningSeconds": runs,
        "softStop": on_stop,
        "logs": [_line(line) for line in lines] or None,
    }
    script = {} if file is None else _object(file.read(), "--script")
    script |= {name: value for name, value in given.items() if value is not None}
    when = None if condition is None else _condition(condition)
    with session.administrator(data_dir) as client:
        tenant = tenant_path(get_chosen_tenant(session, client))
        rule = client.robot_scripts.set(process, script, when=when, tenant=tenant)
    if session.wants_json:
        echo_json(rule)
    else:
        click.echo(f"Jobs of {process} follow the script {rule['id']}: they {_ending(rule['script'])}.")


def _object(text: str, option: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as wrong:
        raise click.BadParameter(f"is no JSON: {wrong}.", param_hint=option) from wrong
    if not isinstance(value, dict):
        raise click.BadParameter('is to be a JSON object such as {"Approved": true}.', param_hint=option)
    return value


def _line(text: str) -> dict[str, str]:
    level, colon, message = text.partition(":")
    if not colon or level.strip().lower() not in LEVELS:
        raise click.BadParameter(
            f"is to begin with a level: {', '.join(LEVELS)}. Write 'info: {text}'.", param_hint="--log"
        )
    return {"level": level.strip(), "message": message.strip()}


def _condition(text: str) -> dict[str, Any]:
    name, equals, written = text.partition("=")
    if not equals or not name.strip():
        raise click.BadParameter("is to be NAME=VALUE, such as Amount=13.", param_hint="--when")
    try:
        value = json.loads(written)
    except ValueError:
        value = written
    return {name.strip(): value}


def _ending(script: dict[str, Any]) -> str:
    words = {"succeed": "succeed", "fault": "fault", "hang": "run until they are stopped", "suspend": "are suspended"}
    return f"wait {script['pendingSeconds']:g} s, run {script['runningSeconds']:g} s and {words[script['ending']]}"
