"""The catalogue's facts against the vendor's own document, operation by operation.

The document is not part of this project. Where it lies beside the checkout, every row is held against it.
"""

import re
from functools import cache
from typing import Any

import pytest
from tests.factories.vendor_document import needs_document, read_document

from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.operations import FolderNeed, Operation

METHODS = ("get", "post", "put", "patch", "delete")

pytestmark = needs_document


@cache
def stated() -> dict[str, dict[str, Any]]:
    return {
        item[method]["operationId"]: {**item[method], "method": method.upper(), "path": path}
        for path, item in read_document()["paths"].items()
        for method in METHODS
        if method in item
    }


def stated_groups(description: str) -> list[tuple[str, frozenset[str]]]:
    """Return what the description demands: groups that all count, each met by ``any`` or by ``all`` of its names."""
    found = re.search(r"Required permissions: (.*)", description)
    if not found:
        return []
    sentence = found[1]
    bracketed = re.findall(r"\(([^()]*)\)", sentence) or [sentence]
    groups = []
    for text in bracketed:
        demand = text.split(" - ")[0]
        names = frozenset(re.findall(r"\b[A-Z]\w+\.(?:View|Create|Edit|Delete)\b", demand))
        groups.append(("any" if " or " in demand else "all", names))
    return groups


DOCUMENTED = [operation for operation in CATALOG.operations if operation.documented]


def test_the_catalogue_has_exactly_the_418_operations_of_the_document() -> None:
    assert len(DOCUMENTED) == 418
    assert {operation.id for operation in DOCUMENTED} == set(stated())


def test_what_the_document_leaves_out_is_marked_as_such() -> None:
    paths = {(row["method"], re.sub(r"\{\w+\}", "{}", row["path"])) for row in stated().values()}
    for operation in CATALOG.operations:
        known = (operation.method, re.sub(r"\{\w+\}", "{}", operation.template)) in paths
        assert known == operation.documented, operation.id


@pytest.mark.parametrize("operation", DOCUMENTED, ids=lambda operation: operation.id)
class TestEachOperation:
    def test_has_the_documents_method_path_and_tag(self, operation: Operation) -> None:
        row = stated()[operation.id]
        assert (operation.method, operation.template, [operation.tag]) == (row["method"], row["path"], row["tags"])

    def test_has_the_documents_scope(self, operation: Operation) -> None:
        scopes = set(re.findall(r"\bOR\.\w+(?:\.\w+)?", stated()[operation.id].get("description", "")))
        assert scopes == (set() if operation.scope is None else {operation.scope, operation.scope.rpartition(".")[0]})

    def test_demands_the_documents_permissions(self, operation: Operation) -> None:
        groups = stated_groups(stated()[operation.id].get("description", ""))
        alternatives = operation.permissions.alternatives
        assert bool(alternatives) == bool(groups)
        named = frozenset[str]().union(*(names for _, names in groups))
        for alternative in alternatives:
            assert alternative <= named
            for demand, names in groups:
                assert names <= alternative if demand == "all" else names & alternative
        for permission in named:
            # Each named permission matters, unless another group demands it whole or is met by it.
            spared = any(demand == "all" and len(groups) > 1 for demand, _ in groups)
            assert spared or any(permission in alternative for alternative in alternatives)

    def test_is_deprecated_where_the_document_says_so(self, operation: Operation) -> None:
        assert operation.deprecated == stated()[operation.id].get("deprecated", False)

    def test_takes_a_folder_header_where_the_document_does(self, operation: Operation) -> None:
        headers = {
            parameter["name"]
            for parameter in stated()[operation.id].get("parameters", [])
            if parameter["in"] == "header"
        }
        takes_header = "X-UIPATH-OrganizationUnitId" in headers
        assert takes_header == (operation.folder in (FolderNeed.NEEDED, FolderNeed.ACCEPTED))
