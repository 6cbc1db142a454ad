"""Seeding a server before it answers for the first time: ``stagedoor up --seed``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session
from stagedoor.kit.chance import random_base62
from stagedoor.kit.private_file import write_private
from stagedoor.kit.secret import Secret

if TYPE_CHECKING:
    from stagedoor.kit.settings import Settings

PLANTED = "planted-seed.json"
AUTHORITY_LETTERS = 43


def plant_once(session: Session, settings: "Settings", file: Path, *, empty: bool) -> None:
    """Make what a seed file says in the first tenant, once for a data directory; say so where it was made before.

    Raises :class:`~stagedoor.testing.errors.SeedRefused`; of a file that asks for what cannot be, what stands before
    that is made.
    """
    from stagedoor.client import AppTransport, Stagedoor
    from stagedoor.testing.seed_file import read_seed
    from stagedoor.testing.seeding import plant_seed, verify_seed

    marker = settings.data_dir / PLANTED
    if marker.exists():
        click.echo(f"Note: {settings.data_dir} has its seed already; {file} is left alone.", err=True)
        return
    seed = read_seed(file)
    verify_seed(seed)
    open_house = server_part("stagedoor.door.opening").open_house
    authority = Secret(random_base62(session.world.draw_chance(), AUTHORITY_LETTERS))
    with open_house(settings, local_authority=authority, empty=empty) as house:
        place = f"{house.first_start.organization}/{house.first_start.tenant}"
        transport = AppTransport(house.app)
        with Stagedoor(settings.base_url, key=authority, tenant=place, transport=transport) as client:
            made = plant_seed(seed, client)
    write_private(marker, json.dumps({"file": file.name, "made": dict(made)}))
