"""Which folders a caller is shown: those that its grant speaks of."""

from stagedoor.access.verdict import Judge
from stagedoor.admin.folders.schemas import FolderItem
from stagedoor.admin.places import Places
from stagedoor.passage import Caller, FolderPlace, Reach, TenantPlace


class Folders:
    """The folders of tenants that a caller may enter."""

    def __init__(self, places: Places, judge: Judge) -> None:
        self._places = places
        self._judge = judge

    def list_folders(self, caller: Caller, tenant_word: str) -> list[FolderItem]:
        """Return the folders in which the caller may do anything at all, by path."""
        tenant = self._places.get_tenant(caller, tenant_word)
        self._places.learn_folders(tenant)
        return [FolderItem(id=place.id, key=place.key, path=place.path) for place in self.reached(caller, tenant)]

    def reached(self, caller: Caller, tenant: TenantPlace) -> list[FolderPlace]:
        """Return the places of those folders."""
        places = self._places.list_folders(tenant)
        statements = self._judge.grant_for(caller, tenant, self._places.lineages(tenant)).statements
        grants = self._judge.grants
        # What lies in no folder, such as a robot's log lines, opens none; who may list folders sees them all the same.
        about_folders = grants.bounded_by_folders | grants.selectors.resolve(("tag:Folders",))
        reaches = [Reach(statement.folders) for statement in statements if statement.operations & about_folders]
        return [place for place in places if any(reach.covers(place) for reach in reaches)]
