"""What the trial of a connection found, for people to read."""

from typing import TYPE_CHECKING

import click

from stagedoor.cli.output import printable

if TYPE_CHECKING:
    from stagedoor.client import TrialReport, TrialStep

REASONS_SHOWN = 12
NAMES_SHOWN = 3
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


def echo_refused(report: "TrialReport", *, reasons_max: int = REASONS_SHOWN) -> None:
    """Print what the upstream refuses to the connection itself, whatever a key of ours allows: most first."""
    if not report["refused_count"]:
        return
    total = report["refused_count"] + report["allowed_count"] + report["unknown_count"]
    click.echo(f"There, {report['refused_count']} of {total} operations are refused to this connection:")
    by_reason: dict[str, list[str]] = {}
    for refused in report["refused"]:
        by_reason.setdefault(refused["because"], []).append(refused["operation"])
    groups = sorted(by_reason.items(), key=lambda group: (-len(group[1]), group[0]))
    for because, operations in groups[:reasons_max]:
        more = f" and {len(operations) - NAMES_SHOWN} more" if len(operations) > NAMES_SHOWN else ""
        click.echo(printable(f"  {because}: {', '.join(operations[:NAMES_SHOWN])}{more}"))
    left = sum(len(operations) for _, operations in groups[reasons_max:])
    if left or any(len(operations) > NAMES_SHOWN for _, operations in groups):
        others = f"  and {left} for other reasons; " if left else "  "
        click.echo(f"{others}`stagedoor connection test NAME --output json` names them all")


def failed_step(report: "TrialReport") -> "TrialStep | None":
    """Return the step that failed, the first of them."""
    return next((step for step in report["steps"] if step["is_ok"] is False), None)
