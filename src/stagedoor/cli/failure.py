"""How a failure ends: an exit code that scripts can act on, and the same facts as text or as JSON on stderr.

==== ==========================================================================
0    done
1    failed: not found, not built, wrong in itself, or a conflict
2    the command line itself is wrong
3    refused: signed in, but the grant does not cover it
4    not signed in, or the sign-in has ended
5    throttled: come back later
6    Stagedoor, or the Orchestrator behind it, failed or did not answer
130  interrupted
==== ==========================================================================
"""

import json
import sys
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import click

from stagedoor.kit.errors import StagedoorError


class ExitCode(IntEnum):
    """What the shell sees."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    SIGN_IN = 4
    THROTTLED = 5
    UPSTREAM = 6
    INTERRUPTED = 130


class CommandFailed(Exception):
    """A command's own failure: one sentence on what happened, one on what to do."""

    def __init__(
        self, message: str, *, hint: str | None = None, code: str = "failed", exit_code: ExitCode = ExitCode.FAILED
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code
        self.exit_code = exit_code


def facts_of(error: Exception) -> dict[str, Any] | None:
    """Return what there is to tell about an expected failure; ``None`` for one that nobody expected."""
    if isinstance(error, CommandFailed):
        return _facts(error.message, error.exit_code, code=error.code, hint=error.hint)
    if isinstance(error, click.UsageError):
        where = error.ctx.command_path if error.ctx else "stagedoor"
        hint = f"`{where} --help` shows how it is called."
        return _facts(error.format_message(), ExitCode.USAGE, code="usage", hint=hint)
    if isinstance(error, click.ClickException):
        return _facts(error.format_message(), ExitCode.FAILED, code="failed")
    if isinstance(error, StagedoorError):
        return _facts(error.public, ExitCode.FAILED, code=error.code, hint=error.hint)
    return _facts_of_client_error(error)


def _facts_of_client_error(error: Exception) -> dict[str, Any] | None:
    # An error of the client can only have been raised if the client was imported; else it is not imported for this.
    if "stagedoor.client" not in sys.modules:
        return None
    import httpx2

    from stagedoor import client

    if isinstance(error, httpx2.TransportError):
        return _facts(f"No answer: {error}", ExitCode.UPSTREAM, code="unreachable", hint="Check the base URL.")
    if not isinstance(error, client.StagedoorClientError):
        return None
    exit_codes: Mapping[type[Exception], ExitCode] = {
        client.Refused: ExitCode.REFUSED,
        client.NotSignedIn: ExitCode.SIGN_IN,
        client.Throttled: ExitCode.THROTTLED,
        client.ServerFailed: ExitCode.UPSTREAM,
        client.Unreachable: ExitCode.UPSTREAM,
    }
    exit_code = next((code for kind, code in exit_codes.items() if isinstance(error, kind)), ExitCode.FAILED)
    hint = error.hint
    if isinstance(error, client.NotSignedIn) and hint is None:
        hint = "Sign in with `stagedoor login`, or give an access key in STAGEDOOR_KEY."
    told: dict[str, Any] = {"status": error.status, "request_id": error.request_id}
    if isinstance(error, client.Refused):
        told |= {
            "reason": error.reason,
            "rule": error.rule,
            "smallest_grant": list(error.smallest_grant) or None,
            "folder": error.folder,
        }
    if isinstance(error, client.Throttled):
        told["retry_after"] = error.retry_after
    if isinstance(error, client.Unreachable):
        told["maybe_done"] = error.maybe_done
    told["choices"] = _choices(error.details)
    return _facts(error.message, exit_code, code=error.code or "failed", hint=hint, **told)


def _choices(details: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """Return the lists in an error that say what would be right: folders, tenants, operations, what is wrong where."""
    found: dict[str, list[str]] = {}
    for name, value in details.items():
        if isinstance(value, list) and value and name.lower() not in ("smallestgrant", "smallest_grant"):
            found[name] = [_words(entry) for entry in value]
    return found or None


def _words(entry: Any) -> str:
    if not isinstance(entry, dict):
        return str(entry)
    path = entry.get("FullyQualifiedName")
    return str(path) if path else ": ".join(str(value) for value in entry.values())


def _facts(message: str, exit_code: ExitCode, **rest: Any) -> dict[str, Any]:
    facts = {"message": message, "exit_code": int(exit_code), **rest}
    return {name: value for name, value in facts.items() if value is not None}


def tell(facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Write a failure to stderr."""
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False), err=True)
        return
    from stagedoor.cli.output import printable

    lines = [f"stagedoor: {facts['message']}"]
    if facts.get("reason"):
        lines.append(f"  refused:  {facts['reason']}")
    if facts.get("smallest_grant"):
        folder = f" --folder {facts['folder']}" if facts.get("folder") else ""
        lines.append(f"  ask for:  --allow {' '.join(facts['smallest_grant'])}{folder}")
    choices = {name: words for name, words in facts.get("choices", {}).items() if words != [facts["message"]]}
    lines += [f"  {name + ':':<9} {', '.join(words)}" for name, words in choices.items()]
    if facts.get("retry_after") is not None:
        lines.append(f"  wait:     {facts['retry_after']} seconds")
    if facts.get("hint"):
        lines.append(f"  to do:    {facts['hint']}")
    if facts.get("request_id"):
        lines.append(f"  request:  {facts['request_id']}")
    click.echo("\n".join(printable(line) for line in lines), err=True)
