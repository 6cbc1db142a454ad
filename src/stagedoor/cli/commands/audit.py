"""``stagedoor audit``: what happened."""

import click

from stagedoor.cli.lazy import LazyGroup


@click.group(
    cls=LazyGroup,
    lazy={
        "tail": "stagedoor.cli.commands.audit_tail:tail",
        "verify": "stagedoor.cli.commands.audit_verify:verify",
        "prune": "stagedoor.cli.commands.audit_prune:prune",
    },
)
def audit() -> None:
    """Read the audit, verify and prune it: one row a request, never a secret."""
