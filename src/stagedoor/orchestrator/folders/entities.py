"""How a folder looks in the vendor's API."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FEED_TYPE, FOLDER_TYPE, PERMISSION_MODEL, PROVISION_TYPE

_PERSONAL = FOLDER_TYPE.members["Personal"]

FOLDER = EntityType(
    name="FolderDto",
    model=Folder,
    properties=(
        Property("Key", EdmType.GUID, Folder.key, nullable=False),
        Property("DisplayName", EdmType.STRING, Folder.display_name, nullable=False, folded=Folder.name_folded),
        Property(
            "FullyQualifiedName", EdmType.STRING, Folder.fully_qualified_name, writable=False, folded=Folder.path_folded
        ),
        Property("Description", EdmType.STRING, Folder.description),
        Property("FolderType", FOLDER_TYPE, Folder.folder_type, nullable=False),
        Property(
            "IsPersonal",
            EdmType.BOOLEAN,
            Expression(lambda folder: folder.folder_type == _PERSONAL),
            nullable=False,
            writable=False,
        ),
        Property("ProvisionType", PROVISION_TYPE, Folder.provision_type, nullable=False),
        Property("PermissionModel", PERMISSION_MODEL, Folder.permission_model, nullable=False),
        Property("ParentId", EdmType.INT64, Folder.parent_id),
        Property("ParentKey", EdmType.GUID, Folder.parent_key),
        Property("FeedType", FEED_TYPE, Folder.feed_type, nullable=False),
        Property("Id", EdmType.INT64, Folder.id, nullable=False, writable=False),
    ),
)

FOLDERS = EntitySet(name="Folders", entity_type=FOLDER)
