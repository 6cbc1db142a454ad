"""Requests to let further folders see things, or to take things out of folders; the same for every kind of thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import Conflict, NotFound
from stagedoor.orchestrator.fields import find_guids, find_integers, get_required
from stagedoor.orchestrator.folder_links import FolderLinks, list_folders_within_reach
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.passage import Reach

Id = TypeVar("Id", int, str)


class Shared(Protocol):
    """Something with an id and a name that several folders may see."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Shares(Generic[Id]):
    """Which things are to be seen in which further folders, and in which no longer."""

    thing_ids: Sequence[Id]
    add_to: Sequence[int]
    remove_from: Sequence[int]


def read_shares(body: Body, things: str) -> Shares[int]:
    """Read a request to share; ``things`` is the field that lists the things' ids."""
    return _with_folders(body, get_required(find_integers(body, things), things))


def read_shares_by_key(body: Body, things: str) -> Shares[str]:
    """Read a request to share; ``things`` is the field that lists the things' keys."""
    return _with_folders(body, get_required(find_guids(body, things), things))


def share_thing(session: Session, links: FolderLinks, thing: Shared, shares: Shares[Id], what: str) -> None:
    """Let the folders of a request see a thing, or see it no longer.

    Raises ``NameInUse`` for a folder with another thing of that name, and ``Conflict`` for taking the thing out of the
    last folder that sees it; ``what`` is how it is called there.
    """
    for folder_id in shares.add_to:
        links.link(session, thing.id, folder_id, thing.name)
    for folder_id in shares.remove_from:
        links.unlink(session, thing.id, folder_id)
    if links.count_folders(session, thing.id) == 0:
        raise Conflict(f"{what} cannot be taken out of every folder; delete it instead.")


def verify_folders(session: Session, tenant_id: str, reach: Reach, shares: Shares[Id]) -> None:
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


def _with_folders(body: Body, thing_ids: Sequence[Id]) -> Shares[Id]:
    return Shares(
        thing_ids=thing_ids,
        add_to=find_integers(body, "ToAddFolderIds") or [],
        remove_from=find_integers(body, "ToRemoveFolderIds") or [],
    )
