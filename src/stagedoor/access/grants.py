"""The one grant type to which keys, tokens and roles compile, and its arithmetic.

A grant is a finite union of statements (operations in folders), in one normal form, so that "is this grant inside
that one" has an exact answer. A folder stands for its whole subtree. What lies in which subtree is known only where
the caller of the arithmetic says so; without that, folders are strangers to one another, and the answers hold in
every tree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from stagedoor.access.errors import NetworkMalformed
from stagedoor.access.selectors import Selectors, bits_of
from stagedoor.catalog.matcher import Catalog
from stagedoor.catalog.operations import FolderNeed, Operation
from stagedoor.kit.networks import Network, collapse, is_part_of, overlap, parse_network, read_networks
from stagedoor.passage import GrantTerms, Reach

Lineages = Mapping[str, tuple[str, ...]]
"""For a folder's key the keys from its root down to itself."""

STRANGERS: Lineages = {}
EVERYWHERE = Reach(None)


@dataclass(frozen=True, slots=True)
class Statement:
    """Some operations, as bits, in some folders; ``None`` stands for every folder and for the tenant itself."""

    operations: int
    folders: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What may be done, from where, until when. Made by :meth:`Grants.make`, which brings it to normal form.

    ``networks`` ``None`` means from anywhere, empty from nowhere. Two grants that allow the same are equal, but for
    those that allow nothing at all.
    """

    statements: tuple[Statement, ...]
    networks: tuple[Network, ...] | None = None
    not_after: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether it allows nothing to anybody."""
        return not self.statements or self.networks == ()

    @property
    def operations(self) -> int:
        """The operations that it allows somewhere."""
        bits = 0
        for statement in self.statements:
            bits |= statement.operations
        return bits

    def reach(self, operation: Operation) -> Reach | None:
        """Return where it allows the operation, ``None`` for nowhere."""
        folders: set[str] = set()
        for statement in self.statements:
            if statement.operations >> operation.index & 1:
                if statement.folders is None:
                    return EVERYWHERE
                folders |= statement.folders
        return Reach(frozenset(folders)) if folders else None

    def is_inside(self, other: "Grant", lineages: Lineages = STRANGERS) -> bool:
        """Tell whether everything that this grant allows is allowed by the other too."""
        if self.is_empty:
            return True
        if other.is_empty or not self._conditions_are_inside(other):
            return False
        everywhere, by_folder = _take_apart(self.statements)
        other_everywhere, other_by_folder = _take_apart(other.statements)
        return not everywhere & ~other_everywhere and all(
            not bits & ~(other_everywhere | _bits_at(folder, other_by_folder, lineages))
            for folder, bits in by_folder.items()
        )

    def intersect(self, other: "Grant", lineages: Lineages = STRANGERS) -> "Grant":
        """Return what both allow. Without lineages, a folder below another one counts as a stranger to it."""
        everywhere, by_folder = _take_apart(self.statements)
        other_everywhere, other_by_folder = _take_apart(other.statements)
        statements = [Statement(everywhere & other_everywhere)]
        for folder, bits in by_folder.items():
            shared = bits & (other_everywhere | _bits_at(folder, other_by_folder, lineages))
            statements.append(Statement(shared, frozenset((folder,))))
        for folder, bits in other_by_folder.items():
            shared = bits & (everywhere | _bits_at(folder, by_folder, lineages))
            statements.append(Statement(shared, frozenset((folder,))))
        networks = self.networks if other.networks is None else other.networks
        if self.networks is not None and other.networks is not None:
            networks = overlap(self.networks, other.networks)
        ends = [end for end in (self.not_after, other.not_after) if end is not None]
        return Grant(_normal_form(statements), networks, min(ends, default=None))

    def _conditions_are_inside(self, other: "Grant") -> bool:
        if other.not_after is not None and (self.not_after is None or self.not_after > other.not_after):
            return False
        if other.networks is None:
            return True
        return self.networks is not None and all(is_part_of(network, other.networks) for network in self.networks)


class Grants:
    """Make grants over one catalogue."""

    def __init__(self, catalog: Catalog, selectors: Selectors | None = None) -> None:
        self.selectors = selectors or Selectors(catalog)
        # What no single folder bounds is never allowed by a statement that is limited to folders.
        self.bounded_by_folders = bits_of(
            operation
            for operation in catalog.operations
            if operation.folder is not FolderNeed.NONE and not operation.names_other_folders
        )

    def make(
        self,
        statements: Iterable[Statement],
        *,
        networks: Iterable[Network] | None = None,
        not_after: datetime | None = None,
    ) -> Grant:
        """Return the grant of these statements in normal form."""
        bounded = (
            statement
            if statement.folders is None
            else Statement(statement.operations & self.bounded_by_folders, statement.folders)
            for statement in statements
        )
        return Grant(_normal_form(bounded), None if networks is None else collapse(networks), not_after)

    def compile(self, terms: GrantTerms, tenant_id: str | None, lineages: Lineages = STRANGERS) -> Grant:
        """Return what the terms allow in one tenant; ``None`` asks for what they allow in every tenant.

        Words that mean nothing any more allow nothing. ``lineages`` matter where terms were narrowed to a folder below
        one that they name: without them that counts as nothing.
        """
        ceiling = -1 if terms.ceiling is None else self.selectors.resolve_ceiling(terms.ceiling)
        statements = [
            Statement(
                self.selectors.resolve(allowance.allow) & ceiling,
                None if allowance.folders is None else frozenset(allowance.folders),
            )
            for allowance in terms.allowances
            if allowance.tenant_id is None or allowance.tenant_id == tenant_id
        ]
        grant = self.make(statements, networks=read_networks(terms.networks), not_after=terms.not_after)
        for narrowing in terms.narrowings:
            grant = grant.intersect(self.compile(GrantTerms((narrowing,)), tenant_id), lineages)
        return grant

    def reach(self, terms: GrantTerms, tenant_id: str, operation: Operation) -> Reach | None:
        """Return where the terms allow one operation, ``None`` for nowhere; exact in every tree of folders."""
        reach = self.compile(GrantTerms(terms.allowances, terms.ceiling), tenant_id).reach(operation)
        for narrowing in terms.narrowings:
            narrower = self.compile(GrantTerms((narrowing,)), tenant_id).reach(operation)
            if reach is None or narrower is None:
                return None
            reach = reach.narrow(narrower)
        return reach

    def verify(self, terms: GrantTerms) -> None:
        """Check the words of terms that are about to be stored.

        Raises :class:`~stagedoor.access.errors.UnknownSelector` and
        :class:`~stagedoor.access.errors.NetworkMalformed`.
        """
        for allowance in (*terms.allowances, *terms.narrowings):
            self.selectors.verify(allowance.allow)
        for network in terms.networks:
            try:
                parse_network(network)
            except ValueError as broken:
                raise NetworkMalformed(network) from broken


def _normal_form(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    everywhere, by_folder = _take_apart(statements)
    folders_by_bits: dict[int, set[str]] = {}
    for folder, bits in by_folder.items():
        if beyond := bits & ~everywhere:
            folders_by_bits.setdefault(beyond, set()).add(folder)
    limited = [Statement(bits, frozenset(folders)) for bits, folders in sorted(folders_by_bits.items())]
    return (Statement(everywhere), *limited) if everywhere else tuple(limited)


def _take_apart(statements: Iterable[Statement]) -> tuple[int, dict[str, int]]:
    everywhere = 0
    by_folder: dict[str, int] = {}
    for statement in statements:
        if statement.folders is None:
            everywhere |= statement.operations
            continue
        for folder in statement.folders:
            by_folder[folder] = by_folder.get(folder, 0) | statement.operations
    return everywhere, by_folder


def _bits_at(folder: str, by_folder: Mapping[str, int], lineages: Lineages) -> int:
    bits = 0
    for key in lineages.get(folder, (folder,)):
        bits |= by_folder.get(key, 0)
    return bits
