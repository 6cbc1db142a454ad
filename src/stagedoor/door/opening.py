"""A house opened on the store of a data directory, which is made or upgraded first."""

from collections.abc import Iterator
from contextlib import contextmanager

from stagedoor.admin.first_start import first_start
from stagedoor.admin.sealing.service import open_sealing_keys
from stagedoor.door.house import House
from stagedoor.identity.passwords import Passwords
from stagedoor.kit.chance import Chance, SystemChance
from stagedoor.kit.clock import Clock
from stagedoor.kit.db import Database
from stagedoor.kit.master_key_source import key_source
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings
from stagedoor.kit.steady_clock import SteadyClock
from stagedoor.migrations.upgrade import upgrade_store


@contextmanager
def open_house(
    settings: Settings,
    *,
    local_authority: Secret | None = None,
    empty: bool = False,
    clock: Clock | None = None,
    chance: Chance | None = None,
) -> Iterator[House]:
    """Open the store of a data directory, upgrade it, and give a house that is ready to answer.

    ``local_authority`` is a secret that opens everything for as long as the house is open: for whoever holds the
    server's files. Raises :class:`~stagedoor.kit.errors.StoreUnavailable`,
    :class:`~stagedoor.migrations.upgrade.StoreTooNew`, :class:`~stagedoor.kit.master_key_source.MasterKeyUnusable`
    and :class:`~stagedoor.admin.sealing.errors.MasterKeyWrong`.
    """
    clock, chance = clock or SteadyClock(), chance or SystemChance()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = key_source(settings)
    database = Database(settings.store_url)
    passwords = Passwords(chance, at_once=settings.limits.password_hashes_at_once)
    try:
        # Servers that start at once on one empty store make it once.
        with database.alone():
            upgrade_store(database)
            sealing_keys = open_sealing_keys(database, source, clock, chance)
            started = first_start(
                database,
                data_dir=settings.data_dir,
                clock=clock,
                chance=chance,
                vault=sealing_keys.vault,
                passwords=passwords,
                empty=empty,
            )
        house = House(
            settings,
            database=database,
            sealing_keys=sealing_keys,
            clock=clock,
            chance=chance,
            passwords=passwords,
            first_start=started,
            local_authority=local_authority,
        )
        house.load()
    except BaseException:
        database.close()
        raise
    try:
        yield house
    finally:
        house.close()
