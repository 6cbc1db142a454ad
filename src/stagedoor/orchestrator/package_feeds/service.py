"""Which feeds there are, and which one is meant."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.schemas import FOLDER_TYPE
from stagedoor.orchestrator.package_feeds import store
from stagedoor.passage import Reach


class Purpose(StrEnum):
    """What a feed holds, in the vendor's words."""

    PROCESSES = "Processes"
    LIBRARIES = "Libraries"


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed. ``folder_id`` is the folder whose own it is, ``is_workspace`` whether that is a personal workspace."""

    id: str
    name: str
    purpose: Purpose
    folder_id: int | None = None
    is_workspace: bool = False


def tenant_feed(tenant_id: str) -> Feed:
    """Return the tenant's feed of processes."""
    return Feed(tenant_id, "Orchestrator Tenant Processes Feed", Purpose.PROCESSES)


def library_feed(tenant_id: str) -> Feed:
    """Return the tenant's feed of libraries."""
    return Feed(str(uuid5(UUID(tenant_id), Purpose.LIBRARIES)), "Orchestrator Tenant Libraries Feed", Purpose.LIBRARIES)


def get_process_feed(session: Session, tenant_id: str, feed_id: str | None, reach: Reach) -> Feed:
    """Return the feed of processes of this id, the tenant's where none is named.

    Raises :class:`NotFound` for a feed of another tenant, of a folder out of reach, and of libraries.
    """
    if feed_id is None or feed_id == tenant_id:
        return tenant_feed(tenant_id)
    folder = store.find_folder_with_feed(session, tenant_id, feed_id, reach)
    if folder is None:
        raise NotFound(f"There is no feed {feed_id} of processes.")
    return _feed_of(folder)


def get_library_feed(tenant_id: str, feed_id: str | None) -> Feed:
    """Return the tenant's feed of libraries; raises :class:`NotFound` for any other id."""
    feed = library_feed(tenant_id)
    if feed_id not in (None, feed.id):
        raise NotFound(f"There is no feed {feed_id} of libraries.")
    return feed


def feed_of_folder(session: Session, tenant_id: str, folder_id: int) -> Feed:
    """Return the feed that a folder uses: its own, that of a folder above it, or the tenant's."""
    owner = store.find_feed_owner(session, tenant_id, folder_id)
    return tenant_feed(tenant_id) if owner is None else _feed_of(owner)


def list_feeds(session: Session, tenant_id: str, reach: Reach) -> list[Feed]:
    """Return the tenant's feeds and those of folders within reach."""
    folders = store.list_folders_with_feed(session, tenant_id, reach)
    return [tenant_feed(tenant_id), library_feed(tenant_id), *map(_feed_of, folders)]


def _feed_of(folder: Folder) -> Feed:
    return Feed(
        folder.key,
        f"Orchestrator {folder.display_name} Feed",
        Purpose.PROCESSES,
        folder.id,
        is_workspace=folder.folder_type == FOLDER_TYPE.members["Personal"],
    )
