"""Machines by the secrets of their robots, in memory, so that the door asks no store who a robot is."""

from collections.abc import Iterable
from dataclasses import dataclass

from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.orchestrator.machines import store
from stagedoor.orchestrator.machines.service import TOPIC


@dataclass(frozen=True, slots=True)
class MachineEntry:
    """A machine whose robots may sign in, and the keys of the folders that it is assigned to."""

    tenant_id: str
    machine_id: int
    name: str
    folder_keys: tuple[str, ...]


class MachineDirectory:
    """Find a machine by its client secret; a tenant's machines are exchanged at once when one of them changes.

    Subscribes to the feed when made; call :meth:`load` after ``ChangeFeed.start_from_now`` and before serving. Any
    thread may look up while another renews.
    """

    def __init__(self, database: Database, changes: ChangeFeed, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._by_hash: dict[str, MachineEntry] = {}
        changes.subscribe([TOPIC], self._renew)

    def load(self) -> None:
        """Read the machines of every tenant."""
        with self._database.read() as session:
            self._by_hash = _index(store.list_with_secrets(session))

    def find_by_secret(self, secret: str) -> MachineEntry | None:
        """Return the machine whose client secret this is."""
        # By its keyed hash: how long looking takes tells nothing of the secret.
        return self._by_hash.get(self._vault.keyed_hash(secret))

    def _renew(self, changes: Iterable[Change]) -> None:
        for change in changes:
            with self._database.read() as session:
                fresh = _index(store.list_with_secrets(session, change.ref))
            others = {key: entry for key, entry in self._by_hash.items() if entry.tenant_id != change.ref}
            self._by_hash = others | fresh


def _index(rows: Iterable[store.MachineWithSecret]) -> dict[str, MachineEntry]:
    entries: dict[str, MachineEntry] = {}
    for row in rows:
        before = entries.get(row.secret_hash)
        keys = () if before is None else before.folder_keys
        keys = keys if row.folder_key is None else (*keys, row.folder_key)
        entries[row.secret_hash] = MachineEntry(row.tenant_id, row.machine_id, row.name, keys)
    return entries
