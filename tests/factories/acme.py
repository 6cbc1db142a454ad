"""A small world for identity: the organization ``acme`` with its tenants, on a held clock with seeded chance."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.factories.store import empty_database

from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.models import Organization, Tenant
from stagedoor.identity.organizations.service import Organizations
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.clock import HeldClock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.passage import RequestHead

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MIGRATED_AT = datetime(2019, 6, 1, tzinfo=UTC)


@dataclass
class Acme:
    """The world: ``organization`` was migrated in 2019; ``dev`` and ``prod`` are its tenants."""

    database: Database
    clock: HeldClock
    chance: SeededChance
    vault: Vault
    feed: ChangeFeed
    organizations: Organizations
    directory: OrganizationDirectory
    organization: Organization = field(init=False)
    dev: Tenant = field(init=False)
    prod: Tenant = field(init=False)


@contextmanager
def acme(directory: Path) -> Iterator[Acme]:
    """Yield the world with its store in ``directory``."""
    database = empty_database(directory)
    clock, chance, vault = HeldClock(START), SeededChance(7), Vault(bytes(range(32)))
    world = Acme(
        database=database,
        clock=clock,
        chance=chance,
        vault=vault,
        feed=ChangeFeed(database),
        organizations=Organizations(vault, clock, chance),
        directory=OrganizationDirectory(database, vault),
    )
    with database.write() as session:
        world.organization = world.organizations.create_organization(session, "acme", migrated_at=MIGRATED_AT)
        world.dev = world.organizations.create_tenant(session, world.organization, "dev")
        world.prod = world.organizations.create_tenant(session, world.organization, "prod", display_name="Production")
    world.directory.follow(world.feed)
    world.feed.start_from_now()
    world.directory.load()
    try:
        yield world
    finally:
        database.close()


def request_head(*headers: tuple[str, str], client_address: str = "192.0.2.7") -> RequestHead:
    """Return the head of a request that carries these headers."""
    return RequestHead(
        method="GET",
        path="/odata/Jobs",
        query="",
        headers={name.lower(): value for name, value in headers},
        raw_headers=tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers),
        client_address=client_address,
    )
