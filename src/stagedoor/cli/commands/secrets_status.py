"""``stagedoor secrets status``: which keys a store knows, and how much each has sealed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stagedoor.cli.master_key_options import master_key_options
from stagedoor.cli.options import output_option, pass_session, store_dir_option
from stagedoor.cli.output import echo_json, printable
from stagedoor.cli.sealed_store import open_sealed_store
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session
from stagedoor.kit.errors import StagedoorError

if TYPE_CHECKING:
    from stagedoor.admin.sealing.schemas import SealingState
    from stagedoor.kit.master_key_source import MasterKeySource


@click.command()
@store_dir_option
@master_key_options
@output_option
@pass_session
def status(
    session: Session, data_dir: Path | None, master_key_file: Path | None, master_key_command: str | None
) -> None:
    """Say which keys the store knows, how much each has sealed, and whether the master key fits.

    Keys are told by their names, which say nothing about them. The master key is read to learn its name; where that
    fails the rest is said all the same.
    """
    with open_sealed_store(session, data_dir, master_key_file, master_key_command) as opened:
        state: SealingState = server_part("stagedoor.admin.sealing.service").read_state(opened.database)
        key_id, problem = _look_at(opened.source)
    facts: dict[str, Any] = {
        "source": opened.source.description,
        "source_key_id": key_id,
        "source_problem": problem,
        "is_changing": state.is_changing,
        "keys": [
            {"id": key.id, "state": key.state.value, "created_at": key.created_at.isoformat(), "values": key.values}
            for key in state.keys
        ],
        "unknown": state.unknown,
    }
    if session.wants_json:
        echo_json(facts)
        return
    click.echo(f"Master key:  {problem or key_id}")
    click.echo(f"  from       {printable(opened.source.description)}")
    for key in state.keys:
        click.echo(f"Key {key.id}: {key.state.value}, has sealed {key.values} of what is stored")
    for name, count in state.unknown.items():
        said = "not taken note of yet" if not state.keys else "NOT KNOWN here; nothing opens it"
        click.echo(f"Key {printable(name)}: {said}, has sealed {count} of what is stored")
    if state.is_changing:
        click.echo("A change of the key is not finished: `stagedoor secrets rewrap` goes on with it.")
    if key_id is not None and state.keys and key_id not in {key.id for key in state.keys}:
        click.echo("The master key is not one of this store: with it the server does not start.")


def _look_at(source: "MasterKeySource") -> tuple[str | None, str | None]:
    try:
        return source.read().id, None
    except StagedoorError as unusable:
        return None, unusable.public
