"""The catalogue itself: every operation by its name, and the one that a request asks for."""

from collections.abc import Iterable
from functools import cached_property

from stagedoor.catalog.errors import UnknownOperation
from stagedoor.catalog.operations import Match, Operation
from stagedoor.catalog.path_tree import PathTree
from stagedoor.catalog.table import load_operations
from stagedoor.catalog.words import WordIndex


class Catalog:
    """All operations, in the order of their bits. What is costly is built on first use and kept."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self._by_name = {operation.id.lower(): operation for operation in self.operations}
        if len(self._by_name) != len(self.operations):
            raise ValueError("two operations have the same name")
        if any(operation.index != place for place, operation in enumerate(self.operations)):
            raise ValueError("an operation's index is not its place")

    def find_operation(self, operation_id: str) -> Operation | None:
        """Return the operation of this name, in any letter case."""
        return self._by_name.get(operation_id.lower())

    def get_operation(self, operation_id: str) -> Operation:
        """Return the operation of this name, in any letter case; raises :class:`UnknownOperation` with near ones."""
        operation = self._by_name.get(operation_id.lower())
        if operation is None:
            near = self.near_names(operation_id)
            raise UnknownOperation(
                f"There is no operation {operation_id[:100]!r}.",
                hint=f"Did you mean {', '.join(near)}?" if near else None,
                details={"near": near} if near else None,
            )
        return operation

    def near_names(self, operation_id: str, count: int = 3) -> list[str]:
        """Return the names of operations that are written much like this one, best first."""
        # Wanted only when a name is wrong; the command line reads the catalogue at every start.
        from difflib import get_close_matches

        close = get_close_matches(operation_id[:100].lower(), self._by_name, n=count)
        return [self._by_name[name].id for name in close]

    def match(self, method: str, canonical_path: str) -> Match | None:
        """Return the operation that a request asks for and the values in its path, or ``None``: deny by default.

        ``canonical_path`` is what follows the organization, the tenant and ``orchestrator_``, in the form of
        :func:`~stagedoor.catalog.canonical.canonical_path`. The time it takes does not grow with the catalogue.
        """
        found = self._paths.find(canonical_path)
        if found is None:
            return None
        place, values = found
        entry = place.operations.get(method)
        if entry is None:
            return None
        operation, names = entry
        return Match(operation, dict(zip(names, values, strict=True)))

    def methods_for(self, canonical_path: str) -> tuple[str, ...]:
        """Return the methods that the path knows, sorted, for an ``Allow`` header; empty for no known path."""
        found = self._paths.find(canonical_path)
        return () if found is None else tuple(sorted(found[0].operations))

    def search(self, words: str) -> list[Operation]:
        """Return operations that answer to plain words such as ``start jobs``, best first; all of them for none."""
        return self._words.search(words)

    @cached_property
    def _paths(self) -> PathTree:
        return PathTree(self.operations)

    @cached_property
    def _words(self) -> WordIndex:
        return WordIndex(self.operations)


CATALOG = Catalog(load_operations())
