"""Write the pages of ``docs/reference`` that follow from the code: ``make docs``."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from fastapi import FastAPI

from stagedoor.catalog import CATALOG
from stagedoor.catalog.table import write_expression
from stagedoor.cli.main import cli
from stagedoor.door.opening import open_house
from stagedoor.kit.settings import Settings
from stagedoor.orchestrator.app import ROOMS, join_routes
from stagedoor.orchestrator.registry import Basis

HELP_WIDTH = 100
REFERENCE = Path(__file__).parent / "reference"

DIFFERENCES = """\
# Differences from the vendor's Orchestrator

Made from the catalogue and the handlers by `make docs`; a test fails when it is out of date. The embedded Orchestrator
carries out all **{total}** operations; 501 answers [secrets among the settings](../errors/secret_setting_refused.md)
alone. On a tenant that is sent to a remote Orchestrator all of them are passed on.

What behaves otherwise than the vendor's, beside what single operations note below:

- **Jobs are carried out by scripted robots** where no real one is there: after a second a job runs, after two more it
  succeeds, unless a script says otherwise ([scripted robots](../guides/scripted-robots.md)). `stagedoor robot` runs
  [Python packages](../guides/packages-and-robots.md).
- **Users and roles** live in Stagedoor's own identity.
- **Limits per minute** of the vendor's cloud hold only where they are asked for ([limits](../guides/limits.md)).
- **OData**: `$apply`, `$compute`, `$search`, `matchesPattern` and `/$count` at the end of a path are refused with 400
  or 404, by name; ETags are neither sent nor read; `$metadata` has no functions and actions. Further gaps are listed
  in `src/stagedoor/orchestrator/odata/README.md`.
- **Numbers of things** are given again on SQLite: what is made next may get the number of what was deleted last.
- **Clients**: which ones run in the tests, and what they ask for that finds nothing here, is on
  [a page of its own](clients.md).

Each operation says what its behaviour rests on: **spec** (the vendor's public document and documentation say it),
**client** (a client that nobody here wrote relies on it, and runs in the tests), **recorded** (somebody published what
a real server answered) or **guess** (nobody says it; the note tells what was built). Operations in *italics* are not
in the vendor's document; real clients call them.

| | spec | client | recorded | guess |
|---|---|---|---|---|
| Operations | {counts} |

{tags}
"""

OPERATIONS = """\
# Operations

Made from the catalogue by `make docs`. What a key may be allowed to do: by operation id, by `tag:…`, by `scope:…` or by
`permission:…`. *Folder*: `needed` (the request names one folder), `accepted` (a list over folders), `filtered` (an
answer that speaks of folders), `none`.

| Operation | Method and path | Scope | Permissions | Folder |
|---|---|---|---|---|
"""

COMMAND_LINE = """\
# Command line

Made from the commands' own help by `make docs`.

"""

MANAGEMENT = """\
# Management API

Made from the API's own description by `make docs`. Paths stand under `/api/stagedoor/v1`; the description itself
(OpenAPI) is at `/api/stagedoor/v1/openapi.json`. Send the credential as `Authorization: Bearer …`. Fields marked with
`*` must be given, and in an answer are always there. A page is `{{items, next}}`: pass `next` on as `cursor`. A refusal
is a problem document (RFC 9457) whose `code` has a page under [errors](../errors/README.md).

{routes}

## Shapes

{shapes}
"""


def differences() -> str:
    """Return the page of what is carried out, tag by tag, and on what it rests; ``KeyError`` for what nothing does."""
    built = join_routes(ROOMS)
    operations = sorted(CATALOG.operations, key=lambda operation: (operation.tag, operation.id))
    counts = Counter(built[operation.id].basis for operation in operations)
    tags = []
    for tag, group in groupby(operations, key=lambda operation: operation.tag):
        rows = []
        for operation in group:
            name = operation.id.removeprefix(f"{tag}_")
            route = built[operation.id]
            rows.append(f"| {name if operation.documented else f'*{name}*'} | {route.basis.value} | {route.note} |")
        tags.append("\n".join([f"## {tag}", "", "| Operation | Rests on | Note |", "|---|---|---|", *rows]))
    columns = " | ".join(str(counts[basis]) for basis in Basis)
    return DIFFERENCES.format(total=len(operations), counts=columns, tags="\n\n".join(tags))


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


def management_api() -> str:
    """Return the page of every route of the management API, by room, and of every shape that they take and give."""
    with TemporaryDirectory() as directory, open_house(Settings(data_dir=Path(directory)), empty=True) as house:
        app = house.management.prepare()
    if not isinstance(app, FastAPI):
        raise TypeError("the management API describes itself no more")
    described = app.openapi()
    rooms: dict[str, list[str]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            title = f"### {method.upper()} {path.removeprefix('/api/stagedoor/v1')}"
            rooms.setdefault(operation["tags"][0], []).append("\n".join([title, *_route(operation)]))
    shapes = [
        "\n".join([f"### {name}", *_shape(schema)])
        for name, schema in sorted(described["components"]["schemas"].items())
        if not name.startswith("Page_")
    ]
    routes = "\n\n".join(f"## {tag}\n\n" + "\n\n".join(parts) for tag, parts in sorted(rooms.items()))
    return MANAGEMENT.format(routes=routes, shapes="\n\n".join(shapes))


def _route(operation: Mapping[str, Any]) -> Iterator[str]:
    yield operation["description"]
    parameters = [
        f"`{parameter['name']}{'*' if parameter['required'] else ''}` {parameter.get('description', '')}".strip(" .")
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    status, answer = next((code, answer) for code, answer in operation["responses"].items() if code != "default")
    given = answer.get("content", {}).get("application/json", {}).get("schema")
    rows = [f"Query: {'; '.join(parameters)}."] if parameters else []
    rows += [f"Body: {_type(body)}."] if body else []
    rows += [f"Answer {status}: {_type(given) if given else 'empty'}."]
    yield ""
    yield "\n".join(f"- {row}" for row in rows)


def _shape(schema: Mapping[str, Any]) -> Iterator[str]:
    yield schema.get("description", "").replace("``", "`")
    if "enum" in schema:
        yield f"\nOne of {', '.join(f'`{value}`' for value in schema['enum'])}."
        return
    yield "\n| Field | Type | Meaning |\n|---|---|---|"
    needed = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        meaning = field.get("description", "").replace("|", "or").replace("\n", " ")
        yield f"| `{name}`{'*' if name in needed else ''} | {_type(field)} | {meaning} |"


def _type(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        name: str = field["$ref"].rpartition("/")[2]
        if name.startswith("Page_"):
            return f"page of {_link(name.removeprefix('Page_').rstrip('_'))}"
        return _link(name)
    if "anyOf" in field:
        return " or ".join(_type(choice) for choice in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    kind = str({"date-time": "time", "password": "secret"}.get(field.get("format", ""), field.get("type", "anything")))
    return {"string": "text", "integer": "number", "boolean": "true or false"}.get(kind, kind)


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def command_line() -> str:
    """Return the page of every command, in the words of its own help."""
    # Called by its name alone, so that the page is the same wherever it is made.
    root = click.Context(cli, info_name="stagedoor", terminal_width=HELP_WIDTH, **cli.context_settings)
    return COMMAND_LINE + "\n\n".join(_help_of(cli, root)) + "\n"


def _help_of(command: click.Command, context: click.Context) -> Iterator[str]:
    with context:
        yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _help_of(below, click.Context(below, info_name=name, parent=context))


PAGES = {
    "command-line.md": command_line,
    "differences.md": differences,
    "management-api.md": management_api,
    "operations.md": operations,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page())


if __name__ == "__main__":
    main()
