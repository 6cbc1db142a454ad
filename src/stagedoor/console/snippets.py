"""Calls to paste that use a key: curl, Python and Node, each complete in itself."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import FolderNeed, Operation
from stagedoor.client import AccessKeyFacts, Tenant

FALLBACK = "Jobs_Get"
BODIES: Mapping[str, Mapping[str, Any]] = {
    "Jobs_StartJobs": {"startInfo": {"ReleaseName": "InvoiceBot"}},
    "Queues_AddQueueItem": {"itemData": {"Name": "Invoices", "SpecificContent": {"Number": "4711"}}},
    "Queues_StartTransaction": {"transactionData": {"Name": "Invoices"}},
}
_ARGUMENT = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way to call, by its name."""

    name: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class _Example:
    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None


def snippets_for(tenant: Tenant, facts: AccessKeyFacts, key: str, *, folder: str) -> tuple[Snippet, ...]:
    """Return three snippets that call an operation which the key allows.

    ``folder`` is one of the tenant's, for a key that may use them all.
    """
    example = _example(tenant, facts, key, folder)
    return (
        Snippet("curl", "shell", _curl(example)),
        Snippet("Python", "python", _python(example)),
        Snippet("Node", "javascript", _node(example)),
    )


def quick_curl(tenant: Tenant) -> str:
    """Return a call to paste for somebody whose key lies in ``STAGEDOOR_KEY``."""
    address = f"{_orchestrator(tenant)}/odata/Jobs?$top=5"
    return f"curl -H \"Authorization: Bearer $STAGEDOOR_KEY\" \\\n  '{address}'"


def _example(tenant: Tenant, facts: AccessKeyFacts, key: str, folder: str) -> _Example:
    operation = _pick(facts["allow"])
    body = BODIES.get(operation.id) if operation.method == "POST" else None
    if body is None and operation.method != "GET":
        body = {}
    query = "?$top=5" if operation.method == "GET" and not _ARGUMENT.search(operation.template) else ""
    headers = {"Authorization": f"Bearer {key}"}
    folders = facts["folders"]
    # With one folder the door knows which; with more, the call has to say.
    if operation.folder is FolderNeed.NEEDED and (folders is None or len(folders) != 1):
        headers["X-UIPATH-FolderPath"] = folders[0] if folders else folder
    return _Example(operation.method, f"{_orchestrator(tenant)}{operation.template}{query}", headers, body)


def _orchestrator(tenant: Tenant) -> str:
    base = tenant["base_url"].rstrip("/")
    return base if base.endswith("/orchestrator_") else f"{base}/orchestrator_"


def _pick(allow: Sequence[str]) -> Operation:
    """Return the operation that shows best what a key can do: a list, else one whose body is known, else the first."""
    allowed = [operation for selector in allow for operation in _operations_of(selector)]
    lists = [each for each in allowed if each.method == "GET" and not _ARGUMENT.search(each.template)]
    known = [each for each in allowed if each.id in BODIES]
    plain = [each for each in lists if each.id.endswith("_Get") and not each.deprecated]
    return next(iter([*known, *plain, *lists, *allowed]), CATALOG.get_operation(FALLBACK))


def _operations_of(selector: str) -> list[Operation]:
    kind, colon, word = selector.lower().partition(":")
    if not colon:
        found = CATALOG.find_operation(selector)
        return [found] if found else []
    if kind == "tag":
        return [each for each in CATALOG.operations if each.tag.lower() == word]
    if kind == "scope":
        return [each for each in CATALOG.operations if each.scope and f"{each.scope.lower()}.".startswith(f"{word}.")]
    return []


def _curl(example: _Example) -> str:
    lines = ["curl" + (f" -X {example.method}" if example.method not in ("GET", "POST") else "")]
    lines += [f"  -H {_shell(f'{name}: {value}')}" for name, value in example.headers.items()]
    if example.body is not None:
        lines += [f"  -H {_shell('Content-Type: application/json')}", f"  -d {_shell(json.dumps(example.body))}"]
    lines.append(f"  {_shell(example.url)}")
    return " \\\n".join(lines)


def _python(example: _Example) -> str:
    body = [] if example.body is None else [f"    json={example.body!r},"]
    return "\n".join(
        [
            "import requests",
            "",
            "answer = requests.request(",
            f"    {json.dumps(example.method)},",
            f"    {json.dumps(example.url)},",
            f"    headers={json.dumps(dict(example.headers), ensure_ascii=False)},",
            *body,
            "    timeout=30,",
            ")",
            "answer.raise_for_status()",
            "print(answer.json())",
        ]
    )


def _node(example: _Example) -> str:
    headers = dict(example.headers)
    if example.body is not None:
        headers["Content-Type"] = "application/json"
    options = [f"  method: {json.dumps(example.method)},"] if example.method != "GET" else []
    options.append(f"  headers: {json.dumps(headers, ensure_ascii=False)},")
    if example.body is not None:
        options.append(f"  body: JSON.stringify({json.dumps(example.body)}),")
    return "\n".join(
        [
            f"const answer = await fetch({json.dumps(example.url)}, {{",
            *options,
            "});",
            "if (!answer.ok) throw new Error(await answer.text());",
            "console.log(await answer.json());",
        ]
    )


def _shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
