"""Ask the judge on behalf of a caller, without doing anything."""

from stagedoor.access.reasons import Reason
from stagedoor.access.verdict import Judge
from stagedoor.admin.can_i.errors import TenantToAskAboutNeeded
from stagedoor.admin.can_i.schemas import CanI
from stagedoor.admin.places import Places
from stagedoor.admin.visitor import Visitor
from stagedoor.catalog.matcher import Catalog
from stagedoor.catalog.operations import Operation
from stagedoor.kit.clock import Clock
from stagedoor.passage import Allowed, Denied, FolderPlace, TenantPlace, Verdict


class Questions:
    """Answer with the very verdict that a request would meet now, from here."""

    def __init__(self, catalog: Catalog, judge: Judge, places: Places, clock: Clock) -> None:
        self._catalog = catalog
        self._judge = judge
        self._places = places
        self._clock = clock

    def can_i(self, visitor: Visitor, operation_id: str, *, tenant_word: str | None, folder_word: str | None) -> CanI:
        """Return the verdict. Without a folder, the question is whether there is any folder where it is a yes.

        Raises :class:`~stagedoor.catalog.errors.UnknownOperation`,
        :class:`~stagedoor.identity.organizations.errors.TenantUnknown`,
        :class:`~stagedoor.admin.errors.FolderNotFound` and :class:`TenantToAskAboutNeeded`.
        """
        operation = self._catalog.get_operation(operation_id)
        tenant = self._tenant(visitor, tenant_word)
        folder = None if folder_word is None else self._folder(visitor, operation, tenant, folder_word)
        verdict = self._judge_it(visitor, operation, folder, tenant)
        if isinstance(verdict, Denied) and verdict.reason == Reason.FOLDER_REQUIRED and folder is None:
            folder = self._any_folder(visitor, operation, tenant)
            verdict = verdict if folder is None else self._judge_it(visitor, operation, folder, tenant)
        if isinstance(verdict, Allowed):
            return CanI(
                operation=operation.id,
                allowed=True,
                reason=None,
                rule=verdict.rule,
                sentence=self._allowed_sentence(operation, verdict, tenant),
                smallest_grant=[],
                folder=folder.path if folder else None,
            )
        return CanI(
            operation=operation.id,
            allowed=False,
            reason=verdict.reason,
            rule=verdict.rule,
            sentence=verdict.sentence,
            smallest_grant=list(verdict.smallest_grant),
            folder=verdict.folder or (folder.path if folder else None),
        )

    def _judge_it(
        self, visitor: Visitor, operation: Operation, folder: FolderPlace | None, tenant: TenantPlace
    ) -> Verdict:
        return self._judge.judge(
            visitor.caller,
            operation,
            folder,
            tenant=tenant,
            client_address=visitor.client_address or "",
            now=self._clock.now(),
        )

    def _tenant(self, visitor: Visitor, word: str | None) -> TenantPlace:
        if word is not None:
            return self._places.get_tenant(visitor.caller, word)
        entries = self._places.list_tenants(visitor.caller)
        if len(entries) != 1:
            raise TenantToAskAboutNeeded(entry.place.tenant_name for entry in entries)
        return entries[0].place

    def _folder(self, visitor: Visitor, operation: Operation, tenant: TenantPlace, word: str) -> FolderPlace:
        self._places.learn_folders(tenant)
        folder = self._places.find_folder(tenant, word)
        reach = self._judge.folders_for(visitor.caller, operation, tenant=tenant)
        if folder is None and reach is not None and reach.folder_keys is None:
            return self._places.get_folder(tenant, word)
        # To somebody who was given some folders, one that is not there and one that is not theirs look alike.
        return folder or FolderPlace(id=0, key="", path=word, lineage=())

    def _any_folder(self, visitor: Visitor, operation: Operation, tenant: TenantPlace) -> FolderPlace | None:
        reach = self._judge.folders_for(visitor.caller, operation, tenant=tenant)
        self._places.learn_folders(tenant)
        places = self._places.list_folders(tenant)
        return next((place for place in places if reach is not None and reach.covers(place)), None)

    def _allowed_sentence(self, operation: Operation, verdict: Allowed, tenant: TenantPlace) -> str:
        keys = verdict.reach.folder_keys
        if keys is None:
            return f"This credential may use {operation.id} by {verdict.rule}."
        if verdict.reach.narrowed_to:
            places = self._places.list_folders(tenant)
            keys = verdict.reach.roots & {place.key for place in places if verdict.reach.covers(place)}
        paths = ", ".join(sorted(self._places.folder_path(tenant.tenant_id, key) for key in keys))
        return f"This credential may use {operation.id} by {verdict.rule}, in {paths} and below."
