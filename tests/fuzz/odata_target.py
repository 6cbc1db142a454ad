"""What atheris throws at the query language: ``make fuzz``. Bytes become the options of one list of jobs.

Every option is read, bound, made into SQL and run; whatever is raised but a refusal is a find. Coverage of the layer
leads the bytes, so that it gets where no grammar of ours thought of going.
"""

import sys
from contextlib import ExitStack, suppress
from functools import cache
from importlib import import_module

from sqlalchemy.orm import Session

SEEDS = (
    "$filter=Name eq 'x' and not (Priority add 1 gt 2) or State has 'Running'",
    "$filter=Tags/any(t: t/Name eq 'red' and $it/Id in (1,2)) and Marks/all(m: m/Weight gt 1)",
    "$filter=cast(Id,Edm.String) eq @p and date(CreationTime) ge 2026-11-03\0@p='1'",
    "$filter=EndTime sub CreationTime gt duration'PT1H' and time(EndTime) lt 08:30:15.5",
    "$filter=Robot/Machine/Name eq 'a''b' or Settings/Inner/Depth lt -1.5e3",
    "$filter=Key in (3fa85f64-5717-4562-b3fc-2c963f66afa6,guid'3fa85f64-5717-4562-b3fc-2c963f66afa6')",
    "$orderby=Robot/Name desc,length(Name),Tags/$count\0$select=Id,Settings/Mode,Robot/Name\0$expand=Robot",
    "$expand=Tags($filter=contains(Name,')');$orderby=Id;$top=1;$count=true),Robot($expand=Twin($levels=1))",
    "$top=3\0$skip=1\0$count=true\0$format=json",
)
"""Where the search starts from: each is several options with NUL between them."""


def query_of(data: bytes) -> dict[str, str]:
    """Return the query values that some bytes stand for; what has no name of its own is a ``$filter``."""
    query: dict[str, str] = {}
    for part in data.decode("utf-8", "replace").split("\0"):
        name, _, value = part.partition("=")
        is_option = name.startswith(("$", "@")) and len(name) < 12
        query[name.lower() if is_option else "$filter"] = value if is_option else part
    return query


def try_one(data: bytes) -> None:
    """Read a list as the bytes ask for it; a refusal is fine."""
    from tests.factories.workshop import JOBS, workshop_call

    from stagedoor.orchestrator.errors import InvalidRequest
    from stagedoor.orchestrator.odata.read import read_set

    with suppress(InvalidRequest):
        read_set(workshop_call(_session(), query_of(data)), JOBS)


@cache
def _session() -> Session:
    from tests.factories.workshop import opened_workshop

    return _OPEN.enter_context(opened_workshop())


_OPEN = ExitStack()


def main(arguments: list[str]) -> None:
    """Let atheris search, with libFuzzer's own options (``-max_total_time=60``) and a directory for its finds."""
    import atheris

    with atheris.instrument_imports(include=["stagedoor.orchestrator.odata"]):
        import_module("stagedoor.orchestrator.odata.read")
    atheris.Setup(arguments, try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
