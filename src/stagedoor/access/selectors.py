"""From the words of a grant to sets of operations: a bit for each row of the catalogue.

``Jobs_StartJobs`` · ``tag:Jobs`` · ``scope:OR.Jobs.Read`` · ``permission:Jobs.View`` · ``role:Automation User`` ·
``all``, each in any letter case. Writing a grant is strict (:meth:`Selectors.verify`); reading a stored one is not: a
word that means nothing any more covers nothing. ``own-role:Clerk`` beside permissions says that they are those of a
role that a tenant made for itself; it stands in what roles compile to, and nobody can write it into a grant.
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import lru_cache

from stagedoor.access.errors import UnknownSelector
from stagedoor.access.stand_ins import is_open_to_roles
from stagedoor.catalog.matcher import Catalog
from stagedoor.catalog.operations import Operation
from stagedoor.catalog.roles import OWN_ROLE, PERMISSIONS, ROLES, Role, find_role

CACHED_MAX = 4096
# Asked for by the vendor's own tools on behalf of the person who signed in: the person's roles decide, all of them.
FIRST_PARTY_SCOPES = frozenset({"orchestratorapiuseraccess"})
# Says "what my roles give": as an allowance nothing, as a ceiling no cut.
DEFAULT_SCOPE = "or.default"
_ROLE_PERMISSIONS = {permission.lower(): permission for permission in PERMISSIONS}


class Selectors:
    """All selectors over one catalogue. Results are kept, bounded, by the words that asked for them."""

    def __init__(self, catalog: Catalog) -> None:
        self._operations = catalog.operations
        self._catalog = catalog
        self._by_tag = _group(catalog.operations, lambda operation: [operation.tag])
        self._by_scope = _group(catalog.operations, _scope_names)
        self._permissions = {
            permission.lower(): permission
            for operation in catalog.operations
            for alternative in operation.permissions.alternatives
            for permission in alternative
        }
        self.everything = bits_of(catalog.operations)
        self._without_scope = bits_of(operation for operation in catalog.operations if operation.scope is None)
        self.resolve = lru_cache(CACHED_MAX)(self._resolve)
        self.resolve_ceiling = lru_cache(CACHED_MAX)(self._resolve_ceiling)
        self._met_by = lru_cache(CACHED_MAX)(self._bits_met_by)

    def verify(self, allow: Iterable[str]) -> None:
        """Raise :class:`UnknownSelector`, with the nearest words that mean something, for one that means nothing."""
        for selector in allow:
            if not self._is_known(selector):
                raise UnknownSelector(selector, self._near(selector))

    def _resolve(self, allow: tuple[str, ...]) -> int:
        """Return the operations that these selectors cover together.

        Permissions, of roles too, count together: an operation is covered when its expression is met by all of them.
        """
        bits = 0
        permissions: set[str] = set()
        roles: list[Role] = []
        own_role: set[str] = set()
        is_own_role = any(split_selector(selector)[0] == OWN_ROLE for selector in allow)
        for selector in allow:
            kind, word = split_selector(selector)
            if is_own_role and kind == "permission" and word in _ROLE_PERMISSIONS:
                own_role.add(_ROLE_PERMISSIONS[word])
            if kind == "permission" and word in self._permissions:
                permissions.add(self._permissions[word])
            elif kind == "role" and (role := find_role(word)) is not None:
                roles.append(role)
            else:
                bits |= self._covered_by_one(kind, word)
        role_permissions = frozenset[str]().union(own_role, *(role.permissions for role in roles))
        if roles or is_own_role:
            bits |= self._open_to_roles(role_permissions)
        if any(role.everything for role in roles):
            bits |= self.everything
        return bits | self._met_by(role_permissions | permissions)

    def _resolve_ceiling(self, ceiling: tuple[str, ...]) -> int:
        """Return the operations that a ceiling lets through; most ceilings are the scopes of a token.

        Scopes may be written bare. What names no scope passes a ceiling of scopes; scopes of other services, and
        words that mean nothing, let nothing through.
        """
        scopes: list[str] = []
        others: list[str] = []
        for entry in ceiling:
            kind, word = split_selector(entry)
            bare_scope = kind == "" and word != "all" and self._catalog.find_operation(word) is None
            if kind == "scope" or bare_scope:
                scopes.append(word)
            else:
                others.append(entry)
        if any(scope in FIRST_PARTY_SCOPES or scope == DEFAULT_SCOPE for scope in scopes):
            return self.everything
        bits = self._resolve(tuple(others))
        for scope in scopes:
            bits |= self._by_scope.get(scope, 0)
        return bits if others else bits | self._without_scope

    def find_covering(self, allow: tuple[str, ...], operation: Operation) -> str | None:
        """Return the selector that covers the operation, several permissions joined by ``+``, or ``None``."""
        bit = 1 << operation.index
        kinds = {selector: split_selector(selector)[0] for selector in allow}
        own_role = next((selector for selector, kind in kinds.items() if kind == OWN_ROLE), None)
        if own_role is not None:
            return own_role if self.resolve(allow) & bit else None
        for selector in allow:
            if self.resolve((selector,)) & bit:
                return selector
        pooled = tuple(selector for selector, kind in kinds.items() if kind in ("permission", "role"))
        return "+".join(pooled) if self.resolve(pooled) & bit else None

    def list_operations(self, bits: int) -> list[Operation]:
        """Return the operations of a set, in the catalogue's order."""
        return [operation for operation in self._operations if bits >> operation.index & 1]

    def _covered_by_one(self, kind: str, word: str) -> int:
        if kind == "tag":
            return self._by_tag.get(word, 0)
        if kind == "scope":
            return self._by_scope.get(word, 0)
        if kind:
            return 0
        if word == "all":
            return self.everything
        operation = self._catalog.find_operation(word)
        return 0 if operation is None else 1 << operation.index

    def _bits_met_by(self, permissions: frozenset[str]) -> int:
        return bits_of(operation for operation in self._operations if operation.permissions.is_met_by(permissions))

    def _open_to_roles(self, permissions: frozenset[str]) -> int:
        return bits_of(
            operation
            for operation in self._operations
            if not operation.permissions.alternatives and is_open_to_roles(operation, permissions)
        )

    def _is_known(self, selector: str) -> bool:
        kind, word = split_selector(selector)
        if kind == "permission":
            return word in self._permissions
        if kind == "role":
            return word in ROLES
        return self._covered_by_one(kind, word) != 0 or (kind == "scope" and word == DEFAULT_SCOPE)

    def _near(self, selector: str) -> list[str]:
        scopes = {scope for operation in self._operations for scope in _scope_names(operation)}
        known = ["all", *(operation.id for operation in self._operations)]
        known += [f"tag:{tag}" for tag in sorted({operation.tag for operation in self._operations})]
        known += [f"scope:{scope}" for scope in sorted(scopes)]
        known += [f"permission:{permission}" for permission in sorted(self._permissions.values())]
        known += [f"role:{role.name}" for role in ROLES.values()]
        by_lower = {word.lower(): word for word in known}
        kind, word = split_selector(selector[:100])
        close = get_close_matches(f"{kind}:{word}" if kind else word, by_lower, n=3)
        if not close and not kind:
            # People often leave the kind out: "Jobs", "OR.Jobs.Read", "Jobs.View".
            close = [known for known in by_lower if known.partition(":")[2] == word][:3]
        return [by_lower[word] for word in close]


def split_selector(selector: str) -> tuple[str, str]:
    """Return kind and word in lower case; the kind of a bare word is empty."""
    kind, colon, word = selector.strip().lower().partition(":")
    return (kind, word.strip()) if colon else ("", kind)


def bits_of(operations: Iterable[Operation]) -> int:
    """Return the set of these operations as one number."""
    bits = 0
    for operation in operations:
        bits |= 1 << operation.index
    return bits


def _scope_names(operation: Operation) -> list[str]:
    return [] if operation.scope is None else [operation.scope, operation.scope.rpartition(".")[0]]


def _group(operations: Iterable[Operation], names: Callable[[Operation], list[str]]) -> dict[str, int]:
    groups: dict[str, int] = {}
    for operation in operations:
        for name in names(operation):
            groups[name.lower()] = groups.get(name.lower(), 0) | 1 << operation.index
    return groups
