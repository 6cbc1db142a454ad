"""A server's own files as the authority: its application opened in this process, without a socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stagedoor.cli.failure import CommandFailed
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session, folder_named
from stagedoor.client import AppTransport, Stagedoor
from stagedoor.kit.chance import random_base62
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import settings_from_environment

if TYPE_CHECKING:
    from stagedoor.door.house import House
    from stagedoor.kit.settings import Settings

AUTHORITY_LETTERS = 43


@contextmanager
def local_client(session: Session, data_dir: Path) -> Iterator[Stagedoor]:
    """Open a client that governs the server whose files lie in ``data_dir``; whoever may read them may do so.

    The same application answers as over HTTP, so every rule and the audit hold; only the credential differs, a secret
    that is drawn here and dies with this process. Raises :class:`CommandFailed` where no server's files are.
    """
    settings = settings_from_environment(session.world.environment, data_dir=data_dir)
    _check_store(settings)
    with (
        open_as_authority(session, settings) as (house, authority),
        Stagedoor(
            settings.base_url,
            key=authority,
            tenant=session.choose("tenant").value,
            folder=folder_named(session.choose("folder").value),
            transport=AppTransport(house.app),
        ) as client,
    ):
        yield client


@contextmanager
def open_as_authority(
    session: Session, settings: "Settings", *, empty: bool = False
) -> "Iterator[tuple[House, Secret]]":
    """Open a server's house in this process, with a secret that governs it and dies with this process.

    A store that there is none of yet is made as ``stagedoor up`` makes it, ``empty`` or not.
    """
    authority = Secret(random_base62(session.world.draw_chance(), AUTHORITY_LETTERS))
    open_house = server_part("stagedoor.door.opening").open_house
    with open_house(settings, local_authority=authority, empty=empty) as house:
        yield house, authority


def _check_store(settings: "Settings") -> None:
    if not settings.database_url and not (settings.data_dir / "stagedoor.db").is_file():
        raise CommandFailed(
            f"No Stagedoor keeps its data in {settings.data_dir}.",
            hint="Give the directory that `stagedoor up --data-dir` was given; `.stagedoor` when it was given none.",
            code="no_data_directory",
        )
