"""How a personal workspace looks in the vendor's API."""

from typing import Any

from sqlalchemy import ColumnElement, Dialect, String, cast, func, select, type_coerce
from sqlalchemy.types import TypeDecorator

from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, Expression, Property
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.people import USERS
from stagedoor.orchestrator.personal_workspaces.models import WorkspaceExplorer


class _Numbers(TypeDecorator[list[int]]):
    """Numbers that the database hands over as one text with commas."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[int]:
        return sorted(int(number) for number in value.split(",")) if value else []


def _of_owner(column: str) -> Expression:
    def build(workspace: Any) -> ColumnElement[Any]:
        return select(USERS.c[column]).where(USERS.c.id == workspace.owner_user_id).scalar_subquery()

    return Expression(build)


def _explorers(workspace: Any) -> ColumnElement[Any]:
    numbers = func.aggregate_strings(cast(WorkspaceExplorer.user_number, String), ",")
    found = select(func.coalesce(numbers, "")).where(WorkspaceExplorer.folder_id == workspace.id)
    return type_coerce(found.correlate_except(WorkspaceExplorer).scalar_subquery(), _Numbers())


PERSONAL_WORKSPACE = EntityType(
    "PersonalWorkspaceDto",
    Folder,
    (
        Property("Key", EdmType.GUID, Folder.key, nullable=False, writable=False),
        Property("Name", EdmType.STRING, Folder.display_name, writable=False, folded=Folder.name_folded),
        # The vendor's clients find a workspace's path here, which its document leaves out.
        Property("FullyQualifiedName", EdmType.STRING, Folder.fully_qualified_name, writable=False),
        Property("IsActive", EdmType.BOOLEAN, Constant(value=True), writable=False),
        Property("OwnerId", EdmType.INT64, _of_owner("number"), writable=False),
        Property("OwnerKey", EdmType.GUID, Folder.owner_user_id, writable=False),
        Property("OwnerName", EdmType.STRING, _of_owner("username"), writable=False),
        Property("LastLogin", EdmType.DATE_TIME_OFFSET, writable=False),
        Property("ExploringUserIds", EdmType.INT64, Expression(_explorers), collection=True, writable=False),
        Property("Id", EdmType.INT64, Folder.id, nullable=False, writable=False),
    ),
)

PERSONAL_WORKSPACES = EntitySet("PersonalWorkspaces", PERSONAL_WORKSPACE)
