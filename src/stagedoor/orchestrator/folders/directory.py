"""The index of folders in memory, so that the door finds the folder a request names without asking the store."""

from collections.abc import Iterable
from dataclasses import dataclass

from stagedoor.kit.changes import Change, ChangeFeed
from stagedoor.kit.db import Database
from stagedoor.orchestrator.folders import store
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.service import TOPIC
from stagedoor.passage import FolderPlace


@dataclass(frozen=True, slots=True)
class _Index:
    places: tuple[FolderPlace, ...]
    by_id: dict[int, FolderPlace]
    by_key: dict[str, FolderPlace]
    by_path: dict[str, FolderPlace]


_NOTHING = _Index((), {}, {}, {})


class FolderDirectory:
    """Find folders of a tenant by id, key or path; a tenant's whole tree is exchanged at once when it changes.

    Subscribes to the feed when made; call :meth:`load` after ``ChangeFeed.start_from_now`` and before serving. Any
    thread may look up while another renews.
    """

    def __init__(self, database: Database, changes: ChangeFeed) -> None:
        self._database = database
        self._tenants: dict[str, _Index] = {}
        changes.subscribe([TOPIC], self._renew)

    def load(self) -> None:
        """Read the folders of every tenant."""
        with self._database.read() as session:
            folders_by_tenant: dict[str, list[Folder]] = {}
            for folder in store.list_everywhere(session):
                folders_by_tenant.setdefault(folder.tenant_id, []).append(folder)
            self._tenants = {tenant_id: _index(folders) for tenant_id, folders in folders_by_tenant.items()}

    def find_by_id(self, tenant_id: str, folder_id: int) -> FolderPlace | None:
        """Return the folder with this number, if the tenant has it."""
        return self._tenants.get(tenant_id, _NOTHING).by_id.get(folder_id)

    def find_by_key(self, tenant_id: str, folder_key: str) -> FolderPlace | None:
        """Return the folder with this key, in any letter case, if the tenant has it."""
        return self._tenants.get(tenant_id, _NOTHING).by_key.get(folder_key.lower())

    def find_by_path(self, tenant_id: str, path: str) -> FolderPlace | None:
        """Return the folder with this full path, in any letter case and with or without a slash in front."""
        return self._tenants.get(tenant_id, _NOTHING).by_path.get(path.removeprefix("/").casefold())

    def list_places(self, tenant_id: str) -> tuple[FolderPlace, ...]:
        """Return every folder of the tenant in order of their paths."""
        return self._tenants.get(tenant_id, _NOTHING).places

    def _renew(self, changes: Iterable[Change]) -> None:
        for change in changes:
            with self._database.read() as session:
                self._tenants[change.ref] = _index(store.list_folders(session, change.ref, store.EVERYWHERE))


def _index(folders: Iterable[Folder]) -> _Index:
    folders = list(folders)
    keys_by_id = {folder.id: folder.key for folder in folders}
    places = tuple(
        FolderPlace(
            id=folder.id,
            key=folder.key,
            path=folder.fully_qualified_name,
            lineage=tuple(keys_by_id[int(number)] for number in folder.branch.strip("/").split("/")),
        )
        for folder in folders
    )
    return _Index(
        places=places,
        by_id={place.id: place for place in places},
        by_key={place.key: place for place in places},
        by_path={place.path.casefold(): place for place in places},
    )
