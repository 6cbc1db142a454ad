"""Whoever makes a credential hands on no more than they hold."""

from collections.abc import Sequence
from dataclasses import replace

from stagedoor.access.verdict import Judge
from stagedoor.admin.errors import GrantExceedsMaker
from stagedoor.admin.places import Places
from stagedoor.passage import Caller, GrantTerms, TenantPlace


class Makers:
    """Check new credentials against those of their makers."""

    def __init__(self, judge: Judge, places: Places) -> None:
        self._judge = judge
        self._places = places

    def verify_inside(self, maker: Caller, terms: GrantTerms, tenant: TenantPlace) -> None:
        """Raise :class:`GrantExceedsMaker` unless everything that the terms allow in the tenant is the maker's to give.

        The end of the maker's own credential is no bound: a token lives for an hour, what is made with it does not.
        """
        grants = self._judge.grants
        wanted = grants.compile(GrantTerms(terms.allowances, terms.ceiling, terms.networks), tenant.tenant_id)
        lineages = self._places.lineages(tenant)
        held = grants.compile(replace(maker.terms, not_after=None), tenant.tenant_id, lineages)
        if wanted.is_inside(held, lineages):
            return
        beyond: Sequence[str] = [
            operation.id for operation in grants.selectors.list_operations(wanted.operations & ~held.operations)
        ]
        raise GrantExceedsMaker(beyond)
