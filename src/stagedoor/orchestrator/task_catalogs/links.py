"""Which folders see which catalogue."""

from stagedoor.orchestrator.folder_links import FolderLinks
from stagedoor.orchestrator.task_catalogs.models import TaskCatalogFolder

links = FolderLinks(
    TaskCatalogFolder, TaskCatalogFolder.catalog_id, TaskCatalogFolder.folder_id, TaskCatalogFolder.name_folded
)
