"""Read the table of operations that lies beside this file."""

import sys
from collections.abc import Sequence
from pathlib import Path

from stagedoor.catalog.operations import FolderNeed, Operation, Pace, PermissionExpression

TABLE = Path(__file__).with_name("operations.tsv")
COLUMNS = ["operation", "method", "template", "scope", "permissions", "folder", "notes"]
NOTES = frozenset({"deprecated", "undocumented", "other-folders", "long", "transfer"})
ABSENT = "-"


def load_operations(text: str | None = None) -> tuple[Operation, ...]:
    """Return the operations in the table's order, each knowing its own place in it.

    ``text`` replaces the shipped table. Raises ``ValueError`` for a row that is not as the table's head describes it:
    a catalogue with a hole in it must not start.
    """
    lines = (TABLE.read_text(encoding="utf-8") if text is None else text).splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    if rows[0] != COLUMNS:
        raise ValueError("the table of operations has other columns than expected")
    # A few dozen expressions serve all rows, so each is read once and shared.
    expressions: dict[str, PermissionExpression] = {ABSENT: PermissionExpression()}
    needs = {need.value: need for need in FolderNeed}
    operations: list[Operation] = []
    for index, row in enumerate(rows[1:]):
        name, method, template, scope, permissions, folder, remarks = row
        if permissions not in expressions:
            expressions[permissions] = read_expression(permissions)
        notes = () if remarks == ABSENT else remarks.split(" ")
        if not NOTES.issuperset(notes):
            raise ValueError(f"{name} has an unknown note")
        operations.append(
            Operation(
                index=index,
                id=name,
                tag=name.partition("_")[0],
                method=sys.intern(method),
                template=template,
                scope=None if scope == ABSENT else scope,
                permissions=expressions[permissions],
                folder=needs[folder],
                deprecated="deprecated" in notes,
                documented="undocumented" not in notes,
                names_other_folders="other-folders" in notes,
                pace=_pace(method, notes),
            )
        )
    return tuple(operations)


def _pace(method: str, notes: Sequence[str]) -> Pace:
    if "transfer" in notes:
        return Pace.TRANSFER
    if "long" in notes:
        return Pace.LONG
    return Pace.READ if method == "GET" else Pace.WRITE


def read_expression(text: str) -> PermissionExpression:
    """Return an expression written as alternatives: ``and`` binds tighter than ``or``, and there are no brackets."""
    return PermissionExpression(tuple(frozenset(part.split(" and ")) for part in text.split(" or ")))


def write_expression(expression: PermissionExpression) -> str:
    """Return the expression as the table writes it; empty where no permission is named."""
    return " or ".join(" and ".join(sorted(alternative)) for alternative in expression.alternatives)
