"""Tenants and folders by the words that people use for them, as far as the caller may know of them."""

from collections.abc import Iterable

from anyio import from_thread

from stagedoor.admin.errors import FolderNotFound
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.organizations.errors import TenantUnknown
from stagedoor.identity.organizations.schemas import TenantEntry
from stagedoor.orchestrator.folders.directory import FolderDirectory
from stagedoor.passage import Caller, FolderPlace, TenantPlace
from stagedoor.upstream.folders.directory import RemoteFolders


class Places:
    """Find tenants of the caller's organization and their folders, in memory."""

    def __init__(
        self, organizations: OrganizationDirectory, folders: FolderDirectory, remote_folders: RemoteFolders
    ) -> None:
        self._organizations = organizations
        self._folders = folders
        self._remote_folders = remote_folders

    def list_tenants(self, caller: Caller) -> tuple[TenantEntry, ...]:
        """Return the tenants that the caller may enter, by name."""
        organization = self._organizations.find_organization(caller.organization_id)
        return organization.tenants_open_to(caller.tenant_ids) if organization else ()

    def get_tenant(self, caller: Caller, word: str) -> TenantPlace:
        """Return a tenant that the caller may enter, by ``ORG/TENANT``, by name or by id.

        Raises :class:`TenantUnknown` with the names of those that the caller may enter; a tenant of somebody else and
        one that does not exist look alike.
        """
        organization_word, slash, tenant_word = word.rpartition("/")
        organization = self._organizations.find_organization(organization_word if slash else caller.organization_id)
        if organization is not None and organization.id == caller.organization_id:
            entry = self._organizations.find_tenant(organization.id, tenant_word)
            if entry in organization.tenants_open_to(caller.tenant_ids):
                return entry.place
        raise TenantUnknown(visible_names=self._organizations.tenant_names(caller.organization_id, caller.tenant_ids))

    def find_tenant_name(self, tenant_id: str) -> str | None:
        """Return the name of a tenant."""
        entry = self._organizations.find_tenant_by_id(tenant_id)
        return entry.place.tenant_name if entry else None

    def find_organization_name(self, organization_id: str) -> str | None:
        """Return the logical name of an organization."""
        organization = self._organizations.find_organization(organization_id)
        return organization.name if organization else None

    def list_folders(self, tenant: TenantPlace) -> tuple[FolderPlace, ...]:
        """Return the folders of a tenant by path; of a remote one those that were last learned."""
        if tenant.remote_base_url is None:
            return self._folders.list_places(tenant.tenant_id)
        index = self._remote_folders.latest(tenant)
        return index.places if index is not None else ()

    def lineages(self, tenant: TenantPlace) -> dict[str, tuple[str, ...]]:
        """Return for each of those folders' keys the keys from its root down to it."""
        return {place.key: place.lineage for place in self.list_folders(tenant)}

    def learn_folders(self, tenant: TenantPlace) -> None:
        """Ask a remote tenant for its folders, unless that was done within the minute.

        For the worker thread of a route, and before its transaction begins: the upstream may take its time.
        """
        if tenant.remote_base_url is not None:
            from_thread.run(self._remote_folders.refresh, tenant)

    def find_folder(self, tenant: TenantPlace, word: str) -> FolderPlace | None:
        """Return a folder by path or key."""
        if tenant.remote_base_url is None:
            folders = self._folders
            return folders.find_by_path(tenant.tenant_id, word) or folders.find_by_key(tenant.tenant_id, word)
        index = self._remote_folders.latest(tenant)
        if index is None:
            return None
        return index.by_path.get(word.strip("/").casefold()) or index.by_key.get(word.lower())

    def get_folder(self, tenant: TenantPlace, word: str) -> FolderPlace:
        """Return a folder by path or key, or raise :class:`FolderNotFound` naming the word."""
        folder = self.find_folder(tenant, word)
        if folder is None:
            raise FolderNotFound(word, is_remote=tenant.remote_base_url is not None)
        return folder

    def folder_keys(self, tenant: TenantPlace, words: Iterable[str]) -> tuple[str, ...]:
        """Return the keys of folders given by path or key, each once."""
        return tuple(dict.fromkeys(self.get_folder(tenant, word).key for word in words))

    def folder_path(self, tenant_id: str, folder_key: str) -> str:
        """Return a folder's path, or its key where the folder is gone."""
        entry = self._organizations.find_tenant_by_id(tenant_id)
        folder = self.find_folder(entry.place, folder_key) if entry is not None else None
        return folder.path if folder else folder_key
