"""``stagedoor audit``: what happened."""

import click

from stagedoor.cli.lazy import LazyGroup


@click.group(cls=LazyGroup, lazy={"tail": "stagedoor.cli.commands.audit_tail:tail"})
def audit() -> None:
    """Read the audit: one row a request, never a secret."""
