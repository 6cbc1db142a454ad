"""Search the catalogue."""

from stagedoor.admin.operations.schemas import OperationItem
from stagedoor.catalog.matcher import Catalog
from stagedoor.catalog.operations import Operation
from stagedoor.catalog.table import write_expression
from stagedoor.catalog.words import phrase


class OperationSearch:
    """Find operations by plain words and by tag."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def list_operations(self, *, search: str, tag: str | None) -> list[OperationItem]:
        """Return the operations that answer to the words, best first; all of them, in order, without words."""
        found = self._catalog.search(search)
        return [_item(operation) for operation in found if tag is None or operation.tag.lower() == tag.lower()]


def _item(operation: Operation) -> OperationItem:
    return OperationItem(
        id=operation.id,
        tag=operation.tag,
        method=operation.method,
        path=operation.template,
        scope=operation.scope,
        permissions=write_expression(operation.permissions),
        folder=operation.folder,
        deprecated=operation.deprecated,
        documented=operation.documented,
        words=phrase(operation),
    )
