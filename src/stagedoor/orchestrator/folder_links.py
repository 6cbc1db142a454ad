"""Things that several folders see under one name: queues, assets, buckets and what else folders share.

Each kind has a table of links of its own. A name is unique in every folder that sees it, without regard to case; the
link's row carries the folded name, so that the database itself holds the rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, delete, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from stagedoor.kit.db import Base
from stagedoor.orchestrator.collisions import collision_refused
from stagedoor.orchestrator.errors import NameInUse
from stagedoor.orchestrator.folders.models import Folder
from stagedoor.orchestrator.folders.store import select_ids_within_reach, within_reach
from stagedoor.passage import Reach


@dataclass(frozen=True, slots=True)
class FolderLinks:
    """The links of one kind of thing: ``table`` with the columns ``thing``, ``folder`` and ``name_folded``."""

    table: type[Base]
    thing: InstrumentedAttribute[int]
    folder: InstrumentedAttribute[int]
    name_folded: InstrumentedAttribute[str]

    def seen_in(self, folder_id: int, thing_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return the condition that the folder sees the thing."""
        return thing_id.in_(select(self.thing).where(self.folder == folder_id))

    def seen_within(
        self, tenant_id: str, reach: Reach, thing_id: InstrumentedAttribute[int], *, except_folder_id: int | None = None
    ) -> ColumnElement[bool]:
        """Return the condition that some folder within reach sees the thing, other than the one left out."""
        links = select(self.thing).where(self.folder.in_(select_ids_within_reach(tenant_id, reach)))
        if except_folder_id is not None:
            links = links.where(self.folder != except_folder_id)
        return thing_id.in_(links)

    def count_of(self, thing_id: Any) -> ScalarSelect[int]:
        """Return SQL for the number of folders that see the thing."""
        return select(func.count()).where(self.thing == thing_id).correlate_except(self.table).scalar_subquery()

    def link(self, session: Session, thing_id: int, folder_id: int, name: str) -> None:
        """Let a folder see a thing; nothing happens where it does.

        Raises :class:`~stagedoor.orchestrator.errors.NameInUse` where the folder sees another thing of that name.
        """
        there = select(self.thing).where(self.thing == thing_id, self.folder == folder_id)
        if session.scalar(there) is not None:
            return
        values = {self.thing: thing_id, self.folder: folder_id, self.name_folded: fold(name)}
        with collision_refused(session, name_in_use(name)):
            session.execute(insert(self.table).values({column.key: value for column, value in values.items()}))

    def unlink(self, session: Session, thing_id: int, folder_id: int) -> None:
        """Let a folder see a thing no longer."""
        session.execute(delete(self.table).where(self.thing == thing_id, self.folder == folder_id))

    def rename(self, session: Session, thing_id: int, name: str) -> None:
        """Give a thing another name in every folder that sees it; raises ``NameInUse`` if one of them has it."""
        with collision_refused(session, name_in_use(name)):
            session.execute(update(self.table).where(self.thing == thing_id).values({self.name_folded.key: fold(name)}))

    def list_folders(
        self, session: Session, tenant_id: str, thing_id: int, reach: Reach
    ) -> tuple[Sequence[Folder], int]:
        """Return the folders within reach that see the thing, by id, and how many see it in all."""
        seeing = select(Folder).join(self.table, self.folder == Folder.id).where(self.thing == thing_id)
        conditions = [Folder.tenant_id == tenant_id, *within_reach(tenant_id, reach)]
        within = session.scalars(seeing.where(*conditions).order_by(Folder.id)).all()
        return within, self.count_folders(session, thing_id)

    def count_folders(self, session: Session, thing_id: int) -> int:
        """Return how many folders see the thing."""
        return session.scalar(select(func.count()).where(self.thing == thing_id)) or 0


def fold(name: str) -> str:
    """Return the form in which names are compared."""
    return name.strip().casefold()


def name_in_use(name: str) -> NameInUse:
    """Return the refusal of a name that another thing in the folder has."""
    return NameInUse(f"The name {name!r} is already in use in this folder.")


def list_folders_within_reach(
    session: Session, tenant_id: str, reach: Reach, folder_ids: Sequence[int]
) -> Sequence[Folder]:
    """Return those of the folders that are there and within reach, by id."""
    conditions = [Folder.tenant_id == tenant_id, Folder.id.in_(folder_ids), *within_reach(tenant_id, reach)]
    return session.scalars(select(Folder).where(*conditions).order_by(Folder.id)).all()


def path_of(folder_id: Any) -> ScalarSelect[str]:
    """Return SQL for a folder's full path."""
    return select(Folder.fully_qualified_name).where(Folder.id == folder_id).correlate_except(Folder).scalar_subquery()
