"""Write the pages of ``docs/reference`` that follow from the code: ``make docs``."""

from itertools import groupby
from pathlib import Path

from stagedoor.catalog import CATALOG
from stagedoor.catalog.table import write_expression
from stagedoor.orchestrator.app import ROOMS, join_routes

REFERENCE = Path(__file__).parent / "reference"

DIFFERENCES = """\
# Differences from the vendor's Orchestrator

Made from the catalogue by `make docs`; a test fails when it is out of date. The embedded Orchestrator carries out
**{built} of {total}** operations; every other one answers 501 with the operation's name. On a tenant that is sent to a
remote Orchestrator all of them are passed on.

What behaves otherwise than the vendor's:

- **Jobs are carried out by scripted robots**, not by processes: after a second a job runs, after two more it succeeds,
  unless a script says otherwise ([scripted robots](../guides/scripted-robots.md)).
- **Packages are rows.** Upload and download answer 501.
- **Users and roles** live in Stagedoor's own identity: `Users_Get…` and `Roles_…` answer 501, and the management API
  (`/api/stagedoor/v1/users`) takes their place.
- **Limits per minute** of the vendor's cloud are not imitated.
- **OData gaps** are listed in `src/stagedoor/orchestrator/odata/README.md`.

Operations in *italics* are not in the vendor's document; real clients call them.

| Tag | Carried out | 501 |
|---|---|---|
"""

OPERATIONS = """\
# Operations

Made from the catalogue by `make docs`. What a key may be allowed to do: by operation id, by `tag:…`, by `scope:…` or by
`permission:…`. *Folder*: `needed` (the request names one folder), `accepted` (a list over folders), `filtered` (an
answer that speaks of folders), `none`.

| Operation | Method and path | Scope | Permissions | Folder |
|---|---|---|---|---|
"""


def differences() -> str:
    """Return the page of what is carried out, tag by tag."""
    built = join_routes(ROOMS)
    operations = sorted(CATALOG.operations, key=lambda operation: (operation.tag, operation.id))
    rows = []
    for tag, group in groupby(operations, key=lambda operation: operation.tag):
        columns: dict[bool, list[str]] = {True: [], False: []}
        for operation in group:
            name = operation.id.removeprefix(f"{tag}_")
            columns[operation.id in built].append(name if operation.documented else f"*{name}*")
        rows.append(f"| {tag} | {', '.join(columns[True]) or '–'} | {', '.join(columns[False]) or '–'} |")
    return DIFFERENCES.format(built=len(built), total=len(operations)) + "\n".join(rows) + "\n"


def operations() -> str:
    """Return the page of every operation."""
    rows = []
    for operation in sorted(CATALOG.operations, key=lambda operation: operation.id):
        permissions = write_expression(operation.permissions) or "–"
        rows.append(
            f"| `{operation.id}` | {operation.method} `{operation.template}` | {operation.scope or '–'} "
            f"| {permissions.replace('|', 'or')} | {operation.folder} |"
        )
    return OPERATIONS + "\n".join(rows) + "\n"


PAGES = {"differences.md": differences, "operations.md": operations}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page())


if __name__ == "__main__":
    main()
