"""Which permissions a caller's grant amounts to, read from its words; for showing, never for judging."""

from collections.abc import Collection

from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.roles import PERMISSIONS, find_role
from stagedoor.passage import Caller


def list_granted(caller: Caller, tenant_id: str, lineage: Collection[str] | None = None) -> frozenset[str]:
    """Return the permissions that a caller has in a folder, given by the keys from its root down to it.

    Without a folder, those that it has in the tenant or in any folder of it.
    """
    granted: set[str] = set()
    for allowance in caller.terms.allowances:
        is_here = allowance.folders is None or lineage is None or not set(allowance.folders).isdisjoint(lineage)
        if allowance.tenant_id in (None, tenant_id) and is_here:
            granted.update(*(_permissions_of(word) for word in allowance.allow))
    ceiling = caller.terms.ceiling
    if ceiling is not None:
        granted &= {permission for word in ceiling for permission in _permissions_of(word)}
    for narrowing in caller.terms.narrowings:
        is_here = narrowing.folders is None or lineage is None or not set(narrowing.folders).isdisjoint(lineage)
        granted &= {permission for word in narrowing.allow for permission in _permissions_of(word) if is_here}
    return frozenset(granted)


def _permissions_of(word: str) -> frozenset[str]:
    kind, _, name = word.partition(":")
    match kind.lower():
        case "all":
            return PERMISSIONS
        case "permission":
            return frozenset({name}) & PERMISSIONS
        case "role":
            role = find_role(name)
            return frozenset() if role is None else role.permissions & PERMISSIONS
        case _:
            return _permissions_behind(word, kind.lower(), name)


def _permissions_behind(word: str, kind: str, name: str) -> frozenset[str]:
    """Return what the operations ask for that a word covers: a tag, a scope or an operation's own name."""
    covered: set[str] = set()
    for operation in CATALOG.operations:
        scope = operation.scope or ""
        if (
            (kind == "tag" and operation.tag == name)
            or (kind == "scope" and name in (scope, scope.rpartition(".")[0]))
            or operation.id == word
        ):
            # Where two are needed at once, neither was given by this operation alone.
            covered.update(*(needed for needed in operation.permissions.alternatives if len(needed) == 1))
    return frozenset(covered) & PERMISSIONS
