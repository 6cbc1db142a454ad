"""Whether lists, adding and taking stay fast while queue items and jobs grow from a thousand to a million.

The lists are asked of ``@sap/cds`` too, which serves the same rows from a file of its own.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from bench.figures import Figure, Finding, Missing, at_most
from bench.grown import QUEUES, Grown, grown_house
from bench.house import running_server
from bench.peers import cds
from bench.peers.peer import RunningPeer
from bench.processes import ProcessTree
from bench.run import Run

ROW = "growth"
FEW, MANY = 1_000, 1_000_000
CALLS_A_ROUND = 10
WRITES_A_ROUND = 50
LIST_BUDGET_MS = 20
GROWTH_MAX = 1.5

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One list as clients ask for it; what it asks may depend on how many rows there are."""

    name: str
    operation_id: str
    query: Callable[[int], Query]


def measure(run: Run) -> list[Finding]:
    """Return milliseconds of each list at a million rows, and of adding and taking at a thousand and at a million.

    Then those of the lists over HTTP, beside the peer's.
    """
    with ExitStack() as stack:
        run.progress.say(f"{ROW}: fill {FEW:,} and {MANY:,} queue items and jobs")
        few, many = (stack.enter_context(grown_house(run, count)) for count in (FEW, MANY))
        figures: list[Finding] = []
        for question in QUESTIONS:
            run.progress.say(f"{ROW}: {question.name}")
            samples = _time_list(many, question, CALLS_A_ROUND * run.pace.rounds)
            figures.append(_list_figure(question.name, samples))
        run.progress.say(f"{ROW}: add and take")
        figures += _time_writes(few, many, WRITES_A_ROUND * run.pace.rounds)
        figures += _compare(run, many)
    return figures


def _list_figure(name: str, samples: Sequence[float]) -> Figure:
    return Figure(row=ROW, name=name, samples=samples, unit="ms", budget=at_most(LIST_BUDGET_MS))


def _time_list(grown: Grown, question: Question, calls: int) -> list[float]:
    query = question.query(grown.count)
    shown = grown.ask(question.operation_id, query).content
    assert isinstance(shown, dict), shown
    assert shown["value"], f"{question.name} finds nothing"
    return [_time_call(grown, question.operation_id, query) for _ in range(calls)]


def _time_writes(few: Grown, many: Grown, calls: int) -> list[Figure]:
    item = {"Name": QUEUES[0], "Priority": "Normal", "SpecificContent": {"Invoice": "4711"}}
    orders: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "add a queue item": ("Queues_AddQueueItem", {"itemData": item}),
        "take a queue item": ("Queues_StartTransaction", {"transactionData": {"Name": QUEUES[0]}}),
    }
    figures: list[Figure] = []
    for name, (operation_id, body) in orders.items():
        of_few, of_many = [], []
        for _ in range(calls):
            # In turn, so that a busy moment of the machine meets both.
            of_few.append(_time_call(few, operation_id, body=body))
            of_many.append(_time_call(many, operation_id, body=body))
        figures += [
            Figure(row=ROW, name=f"{name}, {FEW:,}", samples=of_few, unit="ms"),
            Figure(row=ROW, name=f"{name}, {MANY:,}", samples=of_many, unit="ms"),
            Figure(
                row=ROW,
                name=f"{name}, growth",
                samples=[median(of_many) / median(of_few)],
                unit="×",
                budget=at_most(GROWTH_MAX),
            ),
        ]
    return figures


@dataclass(frozen=True, slots=True)
class Server:
    """One of those that are asked the same over HTTP."""

    name: str
    client: httpx2.Client
    processes: ProcessTree


def _compare(run: Run, grown: Grown) -> list[Finding]:
    """Ask Stagedoor and the peer the same lists in turn, each once before it is timed, to see that they agree."""
    version = cds.find_version()
    headers = {
        "Authorization": f"Bearer {grown.prepared.make_key('all')}",
        "X-UIPATH-FolderPath": grown.prepared.folder,
    }
    with ExitStack() as stack:
        ours = stack.enter_context(running_server(grown.prepared))
        client = stack.enter_context(httpx2.Client(base_url=ours.orchestrator_url, headers=headers, timeout=60))
        servers = [Server("Stagedoor", client, ProcessTree((ours.process.pid,)))]
        if version is not None:
            run.progress.say(f"{ROW}: copy the rows for the peer")
            servers.append(_peer(stack, run, grown, f"@sap/cds {version}"))
        findings: list[Finding] = []
        for question in QUESTIONS:
            run.progress.say(f"{ROW}: {question.name}, over HTTP")
            findings += _compare_one(question, servers, grown.count, run.pace.rounds)
    if version is None:
        findings.append(Missing(row=ROW, subject="@sap/cds", reason="not installed"))
    return findings


def _peer(stack: ExitStack, run: Run, grown: Grown, name: str) -> Server:
    theirs = run.directory / "cds.db"
    cds.copy_rows(grown.prepared.data_dir / "stagedoor.db", theirs)
    running: RunningPeer = stack.enter_context(cds.running_cds(theirs, run.directory))
    client = stack.enter_context(httpx2.Client(base_url=running.base_url, timeout=60))
    return Server(name, client, running.processes)


def _compare_one(question: Question, servers: Sequence[Server], count: int, rounds: int) -> list[Finding]:
    entity_set = question.operation_id.partition("_")[0]
    query = {**question.query(count), "$select": SHOWN[entity_set]}
    # A space as %20: to OData a plus is a plus.
    path = f"/odata/{entity_set}?{urlencode(query, quote_via=quote, safe='$,')}"
    answers = [_answer(server, path, query) for server in servers]
    if any(answer != answers[0] for answer in answers):
        return [Missing(row=ROW, subject=f"{question.name}: {servers[1].name}", reason="gave another answer")]
    wall: dict[str, list[float]] = {server.name: [] for server in servers}
    processor: dict[str, list[float]] = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            before = server.processes.cpu_seconds()
            for _ in range(CALLS_A_ROUND):
                began = time.perf_counter()
                server.client.get(path)
                wall[server.name].append((time.perf_counter() - began) * 1000)
            processor[server.name].append((server.processes.cpu_seconds() - before) * 1000 / CALLS_A_ROUND)
    columns = (("ms", wall), ("ms of CPU", processor))
    return [
        Figure(
            row=ROW,
            name=f"{question.name}: {name}, {unit}",
            samples=samples,
            unit=unit,
            subject=question.name,
            column=f"{name}, {unit}",
        )
        for unit, measured in columns
        for name, samples in measured.items()
    ]


def _answer(server: Server, path: str, query: Query) -> tuple[object, list[tuple[object, ...]]]:
    """Return the number of all, and the page; times to the millisecond, as each writes them in its own way."""
    page = server.client.get(path).raise_for_status().json()
    names = query["$select"].split(",")
    rows = [
        tuple(_to_milliseconds(row[name]) if name == "CreationTime" else row[name] for name in names)
        for row in page["value"]
    ]
    return page.get("@odata.count"), rows


def _to_milliseconds(written: str) -> str:
    return datetime.fromisoformat(written).isoformat(timespec="milliseconds")


def _time_call(
    grown: Grown, operation_id: str, query: Query | None = None, *, body: Mapping[str, Any] | None = None
) -> float:
    began = time.perf_counter()
    grown.ask(operation_id, query, body)
    return (time.perf_counter() - began) * 1000


def _hours_ago(hours: float) -> str:
    return f"{datetime.now(UTC) - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def _middle(count: int) -> str:
    return str(count // 2)


def _jobs(name: str, query: Callable[[int], Query]) -> Question:
    return Question(f"jobs {name}", "Jobs_Get", query)


def _items(name: str, query: Callable[[int], Query]) -> Question:
    return Question(f"items {name}", "QueueItems_Get", query)


SHOWN = {"Jobs": "Id,Key,State,ReleaseName,CreationTime", "QueueItems": "Id,Key,Status,Reference,CreationTime"}
"""What is asked for where both are asked, so that they show the same."""

NEWEST = {"$orderby": "CreationTime desc", "$top": "10"}
PAGE = {"$top": "100"}
RUNNING = {"$filter": "State eq 'Running'", **NEWEST}

QUESTIONS = (
    _jobs("running, newest", lambda _: RUNNING),
    _jobs("successful, newest", lambda _: {"$filter": "State eq 'Successful'", **NEWEST}),
    _jobs("of a process, newest", lambda _: {"$filter": "ReleaseName eq 'Process 7'", **NEWEST}),
    _jobs("of the last hour", lambda _: {"$filter": f"CreationTime gt {_hours_ago(1)}", **NEWEST}),
    _jobs("faulted, counted", lambda _: {"$filter": "State eq 'Faulted'", "$count": "true", **NEWEST}),
    _jobs("all, counted", lambda _: {"$count": "true", **NEWEST}),
    _jobs("from the middle", lambda count: {"$skip": _middle(count), **PAGE}),
    _jobs("from the middle by time", lambda count: {"$skip": _middle(count), "$orderby": "CreationTime desc", **PAGE}),
    _items("new of a queue", lambda _: {"$filter": "Status eq 'New' and QueueDefinitionId eq 3", **PAGE}),
    _items("new of a queue, newest", lambda _: {"$filter": "Status eq 'New' and QueueDefinitionId eq 3", **NEWEST}),
    _items(
        "failed of a queue, newest", lambda _: {"$filter": "Status eq 'Failed' and QueueDefinitionId eq 3", **NEWEST}
    ),
    _items(
        "successful of a queue, last done",
        lambda _: {
            "$filter": "Status eq 'Successful' and QueueDefinitionId eq 3",
            "$orderby": "EndProcessing desc",
            **PAGE,
        },
    ),
    _items("by reference", lambda count: {"$filter": f"Reference eq 'INV-{_middle(count)}'", **PAGE}),
    _items("of the last hour", lambda _: {"$filter": f"CreationTime gt {_hours_ago(1)}", **NEWEST}),
    _items("new, counted", lambda _: {"$filter": "Status eq 'New'", "$count": "true", **PAGE}),
    _items(
        "of a queue, from the middle",
        lambda count: {"$filter": "QueueDefinitionId eq 3", "$skip": str(count // 10), **PAGE},
    ),
    _items("after an id", lambda count: {"$filter": f"Id gt {_middle(count)}", "$orderby": "Id", **PAGE}),
)
"""Lists as clients of the vendor's API ask for them: watching, reporting, looking up, and paging through all."""
