"""Seeding a server before it answers for the first time: ``stagedoor up --seed``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stagedoor.cli.session import Session
from stagedoor.kit.private_file import write_private

if TYPE_CHECKING:
    from stagedoor.kit.settings import Settings

PLANTED = "planted-seed.json"


def plant_once(session: Session, settings: "Settings", file: Path, *, empty: bool) -> None:
    """Make what a seed file says in the first tenant, once for a data directory; say so where it was made before.

    Raises :class:`~stagedoor.testing.errors.SeedRefused`; of a file that asks for what cannot be, what stands before
    that is made.
    """
    from stagedoor.cli.local_server import open_as_authority
    from stagedoor.client import AppTransport, Stagedoor
    from stagedoor.testing.seed_file import read_seed
    from stagedoor.testing.seeding import plant_seed, verify_seed

    marker = settings.data_dir / PLANTED
    if marker.exists():
        click.echo(f"Note: {settings.data_dir} has its seed already; {file} is left alone.", err=True)
        return
    seed = read_seed(file)
    verify_seed(seed)
    with open_as_authority(session, settings, empty=empty) as (house, authority):
        place = f"{house.first_start.organization}/{house.first_start.tenant}"
        transport = AppTransport(house.app)
        with Stagedoor(settings.base_url, key=authority, tenant=place, transport=transport) as client:
            made = plant_seed(seed, client)
    write_private(marker, json.dumps({"file": file.name, "made": dict(made)}))
