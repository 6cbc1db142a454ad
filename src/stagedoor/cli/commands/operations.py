"""``stagedoor operations``: search the catalogue, without a server."""

import click

from stagedoor.cli.options import output_option, pass_session
from stagedoor.cli.output import echo_json, echo_table
from stagedoor.cli.session import Session


@click.command(
    epilog="""\b
Examples:
  stagedoor operations start a job
  stagedoor operations --tag Queues
  stagedoor operations --output json > operations.json
"""
)
@click.argument("words", nargs=-1)
@click.option("--tag", help="Only operations of this tag, such as Jobs.")
@output_option
@pass_session
def operations(session: Session, words: tuple[str, ...], tag: str | None) -> None:
    """Find the API's operations by plain WORDS.

    All of them are listed when no word is given.
    The names are what `stagedoor call` carries out and what `stagedoor key create --allow` grants. No server is asked.
    """
    from stagedoor.catalog import CATALOG
    from stagedoor.catalog.table import write_expression
    from stagedoor.catalog.words import phrase

    found = CATALOG.search(" ".join(words))
    if tag is not None:
        found = [operation for operation in found if operation.tag.lower() == tag.lower()]
    if session.wants_json:
        echo_json(
            [
                {
                    "id": it.id,
                    "tag": it.tag,
                    "method": it.method,
                    "path": it.template,
                    "scope": it.scope,
                    "permissions": write_expression(it.permissions),
                    "folder": it.folder.value,
                    "deprecated": it.deprecated,
                    "documented": it.documented,
                    "words": phrase(it),
                }
                for it in found
            ]
        )
        return
    echo_table(
        ["Operation", "What it does", "Method", "Path", "Scope"],
        ((it.id, phrase(it), it.method, it.template, it.scope) for it in found),
        empty="No operation answers to these words.",
    )
