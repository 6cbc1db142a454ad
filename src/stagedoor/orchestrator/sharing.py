"""Requests to let further folders see things, or to take things out of folders; the same for queues and assets."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import Conflict, NotFound
from stagedoor.orchestrator.fields import find_integers, get_required
from stagedoor.orchestrator.folder_links import list_folders_within_reach
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.passage import Reach


@dataclass(frozen=True, slots=True)
class Shares:
    """Which things are to be seen in which further folders, and in which no longer."""

    thing_ids: Sequence[int]
    add_to: Sequence[int]
    remove_from: Sequence[int]


def read_shares(body: Body, things: str) -> Shares:
    """Read a request to share; ``things`` is the field that lists the things' ids."""
    return Shares(
        thing_ids=get_required(find_integers(body, things), things),
        add_to=find_integers(body, "ToAddFolderIds") or [],
        remove_from=find_integers(body, "ToRemoveFolderIds") or [],
    )


def verify_folders(session: Session, tenant_id: str, reach: Reach, shares: Shares) -> None:
    """Raise ``NotFound`` naming every folder of the request that is not there or out of the caller's reach."""
    wanted = sorted({*shares.add_to, *shares.remove_from})
    found = {folder.id for folder in list_folders_within_reach(session, tenant_id, reach, wanted)}
    missing = [str(folder) for folder in wanted if folder not in found]
    if missing:
        raise NotFound(f"There is no folder {', '.join(missing)}.")


def verify_seen_within_reach(folders: Sequence[Folder], total: int, thing: str) -> None:
    """Raise ``Conflict`` if a thing that is about to vanish is also seen by a folder out of the caller's reach.

    ``folders`` are those within reach that see it, of ``total``. Whoever may work in one folder must not take things
    out of another one.
    """
    if len(folders) < total:
        raise Conflict(
            f"{thing} is shared with folders that are not open to you, and would vanish from them too.",
            hint="Ask somebody who may work in all of its folders.",
        )
