"""The judge: one function over one type says whether a caller may do this, here and now.

Nothing else in the house decides. The embedded Orchestrator and a remote one stand behind the same verdict.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from stagedoor.access.grants import STRANGERS, Grant, Grants, Lineages
from stagedoor.access.reasons import REASONS, Reason
from stagedoor.catalog.matcher import Catalog
from stagedoor.catalog.operations import FolderNeed, Operation
from stagedoor.kit.networks import admit
from stagedoor.passage import Allowance, Allowed, Caller, Denied, FolderPlace, GrantTerms, Reach, TenantPlace, Verdict

DECISIONS_CACHED_MAX = 32768
NARROWED_DECISIONS_CACHED_MAX = 2048
"""Words of narrowed keys are their holders' own, many and never the same; they have a place of their own."""


@dataclass(frozen=True, slots=True)
class _Decision:
    """What a caller's words say about one operation in one tenant, before folder, place and time are looked at."""

    allowed: Allowed | None
    reason: Reason | None = None

    @property
    def reach(self) -> Reach | None:
        """Return where the operation was given, ``None`` for nowhere."""
        return None if self.allowed is None else self.allowed.reach


class Judge:
    """Judge requests. Thread-safe; what words mean is worked out once and kept, bounded, so that neither the number of
    keys nor that of operations shows in the time of a verdict.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.grants = Grants(catalog)
        self._operations = catalog.operations
        self._decide_usual = lru_cache(DECISIONS_CACHED_MAX)(self._decide_afresh)
        self._decide_narrowed = lru_cache(NARROWED_DECISIONS_CACHED_MAX)(self._decide_afresh)

    def judge(
        self,
        caller: Caller,
        operation: Operation | None,
        folder: FolderPlace | None,
        *,
        tenant: TenantPlace,
        client_address: str,
        now: datetime,
    ) -> Verdict:
        """Return :class:`~stagedoor.passage.Allowed` with what the caller may reach, or
        :class:`~stagedoor.passage.Denied` with the reason and the smallest grant that would pass.

        ``operation`` is ``None`` for what is none of the catalogue, which nobody may do. ``folder`` is the folder
        that the request names, looked up in the tenant. Where a remote Orchestrator does not
        list its folders, a grant that is limited to folders reaches nothing there.
        """
        if operation is None:
            return _deny(Reason.UNKNOWN_OPERATION)
        if caller.organization_id != tenant.organization_id:
            return _deny(Reason.ANOTHER_ORGANIZATION)
        if caller.tenant_ids is not None and tenant.tenant_id not in caller.tenant_ids:
            return _deny(Reason.ANOTHER_TENANT, tenant=tenant.tenant_name)
        terms = caller.terms
        if terms.not_after is not None and now >= terms.not_after:
            return _deny(Reason.EXPIRED, not_after=terms.not_after.isoformat(timespec="seconds"))
        if not admit(terms.networks, client_address):
            return _deny(Reason.NETWORK_NOT_GRANTED, client_address=client_address)
        decision = self._decide(terms, tenant.tenant_id, operation.index)
        allowed = decision.allowed
        if allowed is None:
            return _refuse_operation(decision, operation, folder)
        return _place(allowed, operation, folder, is_remote=tenant.remote_base_url is not None)

    def folders_for(self, caller: Caller, operation: Operation, *, tenant: TenantPlace) -> Reach | None:
        """Return the folders in which the caller was given the operation, ``None`` where it was given nowhere.

        Says nothing of time and network: it is asked before the verdict, to fill in a folder that the request leaves
        out or to list those that it could name.
        """
        if caller.organization_id != tenant.organization_id:
            return None
        if caller.tenant_ids is not None and tenant.tenant_id not in caller.tenant_ids:
            return None
        terms = caller.terms
        return self._decide(terms, tenant.tenant_id, operation.index).reach

    def grant_for(self, caller: Caller, tenant: TenantPlace | None = None, lineages: Lineages = STRANGERS) -> Grant:
        """Return the caller's whole grant in one tenant, or what holds in every tenant where none is given.

        ``lineages`` are those of the tenant's folders; see :meth:`~stagedoor.access.grants.Grants.compile`.
        """
        return self.grants.compile(caller.terms, None if tenant is None else tenant.tenant_id, lineages)

    def _decide(self, terms: GrantTerms, tenant_id: str, operation_index: int) -> _Decision:
        decide = self._decide_narrowed if terms.narrowings else self._decide_usual
        return decide(terms.allowances, terms.ceiling, terms.narrowings, tenant_id, operation_index)

    def _decide_afresh(
        self,
        allowances: tuple[Allowance, ...],
        ceiling: tuple[str, ...] | None,
        narrowings: tuple[Allowance, ...],
        tenant_id: str,
        operation_index: int,
    ) -> _Decision:
        operation = self._operations[operation_index]
        terms = GrantTerms(allowances, ceiling, narrowings=narrowings)
        reach = self.grants.reach(terms, tenant_id, operation)
        selectors = self.grants.selectors
        covering = [
            (allowance, selector)
            for allowance in allowances
            if allowance.tenant_id in (None, tenant_id) and allowance.folders != ()
            if (selector := selectors.find_covering(allowance.allow, operation)) is not None
        ]
        if reach is not None:
            # The rule that reaches furthest is the one to name.
            widest = min(covering, key=lambda pair: pair[0].folders is not None)
            return _Decision(Allowed(reach, widest[1]))
        if not covering:
            return _Decision(None, Reason.OPERATION_NOT_GRANTED)
        if self._narrowed_away(terms, tenant_id, operation):
            return _Decision(None, Reason.NARROWED_AWAY)
        if ceiling is not None and not selectors.resolve_ceiling(ceiling) >> operation.index & 1:
            return _Decision(None, Reason.SCOPE_MISSING)
        return _Decision(None, Reason.FOLDER_LIMITED_GRANT)

    def _narrowed_away(self, terms: GrantTerms, tenant_id: str, operation: Operation) -> bool:
        whole = GrantTerms(terms.allowances, terms.ceiling)
        return bool(terms.narrowings) and self.grants.reach(whole, tenant_id, operation) is not None


def _place(allowed: Allowed, operation: Operation, folder: FolderPlace | None, *, is_remote: bool) -> Verdict:
    reach = allowed.reach
    named = folder if operation.folder in (FolderNeed.NEEDED, FolderNeed.ACCEPTED) else None
    if named is not None and not reach.covers(named):
        return _deny(Reason.FOLDER_NOT_GRANTED, operation, folder=named.path)
    if is_remote:
        if reach.folder_keys is None or (named is not None and operation.folder is FolderNeed.NEEDED):
            return allowed
        # Nobody filters the answer of a remote Orchestrator, so a list over folders would tell of all of them.
        return _deny(Reason.REMOTE_FOLDERS_UNKNOWN, operation)
    if named is None and operation.folder is FolderNeed.NEEDED:
        return _deny(Reason.FOLDER_REQUIRED, operation, smallest_grant=())
    return allowed


def _refuse_operation(decision: _Decision, operation: Operation, folder: FolderPlace | None) -> Denied:
    if decision.reason is Reason.SCOPE_MISSING:
        scope = None if operation.scope is None else (f"scope:{operation.scope}",)
        return _deny(Reason.SCOPE_MISSING, operation, smallest_grant=scope)
    if decision.reason in (Reason.FOLDER_LIMITED_GRANT, Reason.NARROWED_AWAY):
        return _deny(decision.reason, operation)
    bounded = operation.folder is FolderNeed.NEEDED and not operation.names_other_folders
    return _deny(
        Reason.OPERATION_NOT_GRANTED, operation, folder=folder.path if bounded and folder is not None else None
    )


def _deny(
    reason: Reason,
    operation: Operation | None = None,
    *,
    folder: str | None = None,
    smallest_grant: tuple[str, ...] | None = None,
    **words: str,
) -> Denied:
    text = REASONS[reason]
    name = "" if operation is None else operation.id
    if smallest_grant is None:
        smallest_grant = () if operation is None else (operation.id,)
    return Denied(
        reason=reason.value,
        rule=text.rule,
        sentence=text.sentence.format(operation=name, folder=folder, **words),
        smallest_grant=smallest_grant,
        folder=folder,
    )
