"""``stagedoor seed``: make what a file says."""

from pathlib import Path

import click

from stagedoor.cli.options import common_options, data_dir_option, pass_session, tenant_option
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session


@click.command(
    epilog="""\b
Examples:
  stagedoor seed orchestrator.json --tenant acme/dev
  stagedoor seed orchestrator.yaml --tenant acme/dev --data-dir .stagedoor
"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@tenant_option
@data_dir_option
@common_options
@pass_session
def seed(session: Session, file: Path, data_dir: Path | None) -> None:
    """Make what a seed file names: users, scripts of robots, folders and what is in them.

    In folders it makes queues with items, assets, buckets, processes and jobs. FILE is YAML or JSON. A file whose
    shape is wrong makes nothing. Everything is made by the operations themselves, one after another; it stops at the
    first that is refused and says in which line, and what stood before it is made. Folders that exist are used as
    they are. Scripts need an administrator's sign-in, or --data-dir.
    """
    from stagedoor.testing.seed_file import read_seed
    from stagedoor.testing.seeding import plant_seed, verify_seed

    content = read_seed(file)
    verify_seed(content)
    with session.administrator(data_dir) as client:
        made = plant_seed(content, client)
    if session.wants_json:
        echo_json(dict(made))
    else:
        click.echo("Made " + (", ".join(f"{count} {kind}" for kind, count in made.items()) or "nothing") + ".")
