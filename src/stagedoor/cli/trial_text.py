"""What the trial of a connection found, for people to read."""

from typing import TYPE_CHECKING

import click

from stagedoor.cli.output import printable

if TYPE_CHECKING:
    from stagedoor.client import TrialReport, TrialStep

REFUSED_SHOWN = 20
STEP_WORDS = {
    "reach": "the way there",
    "sign_in": "the sign-in",
    "orchestrator": "the Orchestrator",
    "folders": "its folders",
}
MARKS = {True: "ok", False: "FAILED", None: "not tried"}


def echo_steps(report: "TrialReport") -> None:
    """Print each step in plain words, with what to do where it failed."""
    for step in report["steps"]:
        name = STEP_WORDS.get(step["name"], step["name"].replace("_", " "))
        click.echo(printable(f"{MARKS[step['is_ok']]:<9}  {name}: {step['says']}"))
        if step["hint"]:
            click.echo(printable(f"{'':<9}  to do: {step['hint']}"))


def echo_refused(report: "TrialReport", *, shown_max: int = REFUSED_SHOWN) -> None:
    """Print what the upstream refuses to the connection itself, whatever a key of ours allows."""
    if not report["refused_count"]:
        return
    total = report["refused_count"] + report["allowed_count"] + report["unknown_count"]
    click.echo(f"There, {report['refused_count']} of {total} operations are refused to this connection:")
    for refused in report["refused"][:shown_max]:
        click.echo(printable(f"  {refused['operation']}: {refused['because']}"))
    more = report["refused_count"] - min(shown_max, len(report["refused"]))
    if more > 0:
        click.echo(f"  and {more} more; --output json names them all")


def failed_step(report: "TrialReport") -> "TrialStep | None":
    """Return the step that failed, the first of them."""
    return next((step for step in report["steps"] if step["is_ok"] is False), None)
