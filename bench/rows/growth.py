"""Whether lists, adding and taking stay fast while queue items and jobs grow from a thousand to a million."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import httpx2

from bench.figures import Figure, at_most
from bench.grown import QUEUES, Grown, grown_house
from bench.house import running_server
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


def measure(run: Run) -> list[Figure]:
    """Return milliseconds of each list at a million rows, and of adding and taking at a thousand and at a million."""
    with ExitStack() as stack:
        run.progress.say(f"{ROW}: fill {FEW:,} and {MANY:,} queue items and jobs")
        few, many = (stack.enter_context(grown_house(run, count)) for count in (FEW, MANY))
        figures: list[Figure] = []
        for question in QUESTIONS:
            run.progress.say(f"{ROW}: {question.name}")
            samples = _time_list(many, question, CALLS_A_ROUND * run.pace.rounds)
            figures.append(_list_figure(question.name, samples))
        run.progress.say(f"{ROW}: add and take")
        figures += _time_writes(few, many, WRITES_A_ROUND * run.pace.rounds)
        run.progress.say(f"{ROW}: one list over the wire")
        figures.append(_list_figure("jobs running, over HTTP", _time_http(many, CALLS_A_ROUND * run.pace.rounds)))
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


def _time_http(grown: Grown, calls: int) -> list[float]:
    access_key = grown.prepared.make_key("all")
    headers = {"Authorization": f"Bearer {access_key}", "X-UIPATH-FolderPath": grown.prepared.folder}
    with (
        running_server(grown.prepared) as server,
        httpx2.Client(base_url=server.orchestrator_url, headers=headers, timeout=60) as client,
    ):
        samples: list[float] = []
        for _ in range(calls):
            began = time.perf_counter()
            client.get("/odata/Jobs", params=dict(RUNNING)).raise_for_status()
            samples.append((time.perf_counter() - began) * 1000)
        return samples


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
