"""Say who a caller is and what it may do."""

from stagedoor.access.grants import Grant
from stagedoor.access.verdict import Judge
from stagedoor.admin.grant_words import words_of
from stagedoor.admin.places import Places
from stagedoor.admin.whoami.schemas import CredentialFacts, GrantFacts, NamedRef, WhoAmI
from stagedoor.passage import Caller, TenantPlace


class Mirror:
    """Show callers to themselves."""

    def __init__(self, places: Places, judge: Judge) -> None:
        self._places = places
        self._judge = judge

    def describe(self, caller: Caller) -> WhoAmI:
        """Return everything that the caller may know of itself; never its credential's secret."""
        tenants = [entry.place for entry in self._places.list_tenants(caller)]
        return WhoAmI(
            kind=caller.kind,
            id=caller.id,
            name=caller.name,
            email=caller.email,
            organization=NamedRef(
                id=caller.organization_id,
                name=self._places.find_organization_name(caller.organization_id) or caller.organization_id,
            ),
            tenants=[NamedRef(id=tenant.tenant_id, name=tenant.tenant_name) for tenant in tenants],
            credential=CredentialFacts(
                kind=caller.credential_kind,
                id=caller.credential_id,
                narrowing_id=caller.narrowing_id,
                expires_at=caller.terms.not_after,
            ),
            may_administer=caller.may_administer,
            grant=self._grant_facts(caller, tenants),
        )

    def _grant_facts(self, caller: Caller, tenants: list[TenantPlace]) -> GrantFacts:
        grants = [(tenant, self._judge.grant_for(caller, tenant, self._places.lineages(tenant))) for tenant in tenants]
        bits = 0
        for _, grant in grants:
            bits |= grant.operations
        operations = self._judge.grants.selectors.list_operations(bits)
        return GrantFacts(
            words=words_of(caller.terms, self._judge.grants, self._places, tenants),
            operations_count=len(operations),
            operations=[operation.id for operation in operations],
            folders=self._folders(grants),
        )

    def _folders(self, grants: list[tuple[TenantPlace, Grant]]) -> list[str] | None:
        paths: set[str] = set()
        for tenant, grant in grants:
            for statement in grant.statements:
                if statement.folders is None:
                    return None
                paths |= {self._places.folder_path(tenant.tenant_id, key) for key in statement.folders}
        return sorted(paths)
