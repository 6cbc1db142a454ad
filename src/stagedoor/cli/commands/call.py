"""``stagedoor call``: carry out one operation, or any request."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stagedoor.cli.options import common_options, folder_option, pass_session, tenant_option
from stagedoor.cli.output import echo_json, echo_pretty_json
from stagedoor.cli.session import Session

if TYPE_CHECKING:
    import httpx2

SECRET_WORDS = ("password", "secret", "token", "apikey", "api_key", "credential")
HIDDEN = "***"


@click.command(
    epilog="""\b
Examples:
  stagedoor call Jobs_Get --field filter="State eq 'Running'" --field top=5 --folder Shared
  stagedoor call Jobs_Get --all --field orderby=Id > jobs.ndjson
  stagedoor call Jobs_StartJobs --folder Shared --json '{"startInfo": {"ReleaseName": "InvoiceBot"}}'
  stagedoor call Assets_Post --folder Shared --json @asset.json
  stagedoor call GET /odata/Folders

\b
`stagedoor operations WORDS` finds an operation; --explain shows the request and sends nothing.
"""
)
@click.argument("what", nargs=-1, required=True, metavar="OPERATION | METHOD PATH")
@click.option(
    "-f",
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=VALUE",
    help="Fill the path's arguments, else a query option; `filter` is sent as `$filter`. May be repeated.",
)
@click.option("-j", "--json", "body", metavar="BODY", help="JSON to send: itself, @FILE, or - for stdin.")
@click.option("--all", "all_pages", is_flag=True, help="Follow the pages of a list; one JSON object a line.")
@click.option("--explain", is_flag=True, help="Show the request that would be sent, secrets starred, and send nothing.")
@folder_option
@tenant_option
@common_options
@pass_session
def call(
    session: Session,
    what: tuple[str, ...],
    fields: tuple[str, ...],
    body: str | None,
    *,
    all_pages: bool,
    explain: bool,
) -> None:
    """Carry out an operation, or any request.

    OPERATION is a name of the catalogue. PATH under /odata or /api is the tenant's Orchestrator's, any other is
    Stagedoor's own. The answer is printed as JSON. Reads are tried again when the way is blocked for a moment; a
    write is sent once.
    """
    if len(what) not in (1, 2):
        raise click.UsageError("Name one operation, or a method and a path.")
    target, path = what[0], what[1] if len(what) == 2 else None
    if path is None:
        _check_operation(target)
    given = dict(_field(text) for text in fields)
    content = _body(body)
    with session.client(anonymous_allowed=explain) as client:
        try:
            request = client.preview(target, path, fields=given, json=content)
            if all_pages and request.method != "GET":
                raise click.UsageError("--all follows the pages of a list; this is a write.")
        except ValueError as wrong:
            raise click.UsageError(f"{str(wrong)[:1].upper()}{str(wrong)[1:]}.") from wrong
        if explain:
            _explain(request)
        elif all_pages:
            for item in client.items(target, path, fields=given):
                echo_json(item)
        else:
            _print(session, client.call(target, path, fields=given, json=content))


def _check_operation(name: str) -> None:
    # Before anything else, so that a mistyped name is not answered with a wish for a sign-in.
    from stagedoor.catalog import CATALOG

    if CATALOG.find_operation(name) is None:
        near = CATALOG.near_names(name)
        more = f"Did you mean {' or '.join(near)}?" if near else "`stagedoor operations WORDS` finds names."
        raise click.UsageError(f"There is no operation {name}. {more}")


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise click.UsageError(f"--field takes NAME=VALUE, not {text!r}.")
    return name, value


def _body(text: str | None) -> Any:
    if text is None:
        return None
    try:
        if text == "-":
            return json.load(sys.stdin)
        if text.startswith("@"):
            return json.loads(Path(text[1:]).read_text(encoding="utf-8"))
        return json.loads(text)
    except OSError as unreadable:
        raise click.UsageError(f"{text[1:]} cannot be read: {unreadable.strerror}.") from unreadable
    except ValueError as broken:
        raise click.UsageError(f"The body is no JSON: {broken}.") from broken


def _print(session: Session, answer: Any) -> None:
    if answer is None:
        return
    if isinstance(answer, bytes):
        sys.stdout.buffer.write(answer)
    elif isinstance(answer, str) and not session.wants_json:
        click.echo(answer)
    elif session.wants_json:
        echo_json(answer)
    else:
        echo_pretty_json(answer)


def _explain(request: "httpx2.Request") -> None:
    click.echo(f"{request.method} {request.url}")
    click.echo(f"Authorization: Bearer {HIDDEN}")
    for name, value in request.headers.items():
        click.echo(f"{name.title()}: {value}")
    if request.content:
        click.echo()
        echo_pretty_json(starred(json.loads(request.content)))


def starred(value: Any) -> Any:
    """Return the JSON with every member whose name speaks of a secret starred."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if isinstance(inner, str) and _is_secret(name) else starred(inner)
            for name, inner in value.items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [starred(inner) for inner in value]
    return value


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRET_WORDS)
