"""Operations by name, as a program writes them; read from the catalogue on first use."""

import difflib
from functools import cache

from stagedoor.catalog.operations import Operation
from stagedoor.catalog.table import load_operations

NEAR_NAMES = 3


@cache
def operations_by_name() -> dict[str, Operation]:
    """Return every operation of the catalogue by its id in lower case."""
    return {operation.id.lower(): operation for operation in load_operations()}


def get_operation(name: str) -> Operation:
    """Return the operation of this id, in any letter case; raises ``ValueError`` that lists the nearest names."""
    found = operations_by_name().get(name.lower())
    if found is not None:
        return found
    close = difflib.get_close_matches(name.lower(), operations_by_name(), n=NEAR_NAMES)
    near = [operations_by_name()[lowered].id for lowered in close]
    raise ValueError(f"there is no operation {name}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
