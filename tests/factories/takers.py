"""Many who take the items of one queue at once from processes of one server, one of which is killed in the middle."""

import json
import os
import signal
import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Barrier
from urllib.parse import urlsplit

import httpx2
from tests.factories.administrator import Administrator
from tests.factories.patience import eventually
from tests.factories.served import Served

TAKERS = 64
IMPATIENT = 16
"""So many of them go away once, right after they have asked."""
ITEMS = 160
TAKEN_BEFORE_THE_KILL = 40
SECONDS_MAX = 60
FOLDER = "Shared"
ADD_ITEM = "/odata/Queues/UiPathODataSvc.AddQueueItem"
ADD_ITEMS = "/odata/Queues/UiPathODataSvc.BulkAddQueueItems"
START_TRANSACTION = "/odata/Queues/UiPathODataSvc.StartTransaction"
PAGE = 100


@dataclass
class Queue:
    """A queue of a running server that wants references to be unique, and a key for it."""

    house: Served
    name: str
    number: int
    headers: dict[str, str]

    def client(self) -> httpx2.Client:
        """Return a client of the queue's folder; it keeps to one process as long as that lives."""
        return httpx2.Client(base_url=self.house.orchestrator_url, headers=self.headers, timeout=SECONDS_MAX)

    def statuses(self) -> dict[int, str]:
        """Return the status of every item by its id."""
        found: dict[int, str] = {}
        query: dict[str, str | int] = {"$filter": f"QueueDefinitionId eq {self.number}", "$top": PAGE}
        with self.client() as client:
            while page := client.get("/odata/QueueItems", params=query | {"$skip": len(found)}).json()["value"]:
                found |= {item["Id"]: item["Status"] for item in page}
        return found


def make_queue(house: Served, administrator: Administrator, name: str) -> Queue:
    """Make a queue and a key that may work on it."""
    queue = administrator.create("QueueDefinitions", {"Name": name, "EnforceUniqueReference": True}, folder=FOLDER)
    key = administrator.make_key(f"takers of {name}", ["tag:Queues", "QueueItems_Get"])
    headers = {"Authorization": f"Bearer {key}", "X-UIPATH-FolderPath": FOLDER, "Content-Type": "application/json"}
    return Queue(house, name, int(queue["Id"]), headers)


@dataclass
class Taken:
    """What takers were given, and how often nobody knows whether one was."""

    ids: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def verify_each_item_is_given_to_one_taker(queue: Queue, processes: Callable[[], set[int]]) -> None:
    """Fill the queue, let 64 take it empty while a process of the server is killed, and do the sum.

    ``processes`` returns the ids of the server's processes that answer. They are all there again at the end.
    """
    order = {"queueName": queue.name, "commitType": "AllOrNothing", "queueItems": [{"Name": queue.name}] * ITEMS}
    with queue.client() as client:
        client.post(ADD_ITEMS, json=order).raise_for_status()
    before = processes()
    taken = Taken()
    gate = Barrier(TAKERS)
    with ThreadPoolExecutor(TAKERS) as pool:
        takers = [pool.submit(_take_until_empty, queue, gate, taken, number < IMPATIENT) for number in range(TAKERS)]
        eventually(lambda: len(taken.ids), lambda count: count >= TAKEN_BEFORE_THE_KILL)
        os.kill(min(before), signal.SIGKILL)
        for taker in takers:
            taker.result(SECONDS_MAX)
    statuses = queue.statuses()
    assert Counter(statuses.values()) == {"InProgress": ITEMS}
    assert set(Counter(taken.ids).values()) == {1}
    assert set(taken.ids) <= set(statuses)
    # An item that nobody was told of went to somebody who was gone, or whose process was.
    assert ITEMS - len(taken.ids) <= len(taken.unknown)
    eventually(processes, lambda now: len(now) == len(before) and min(before) not in now)


def verify_one_of_many_who_add_a_reference_succeeds(queue: Queue, references: int) -> None:
    """Let 64 add the same reference at the same moment, again and again."""
    gate = Barrier(TAKERS)

    def add(_: int) -> list[int]:
        answers: list[int] = []
        with queue.client() as client:
            for number in range(references):
                item = {"itemData": {"Name": queue.name, "Reference": f"raced-{number}"}}
                gate.wait(SECONDS_MAX)
                while (status := client.post(ADD_ITEM, json=item).status_code) == HTTPStatus.SERVICE_UNAVAILABLE:
                    pass
                answers.append(status)
        return answers

    with ThreadPoolExecutor(TAKERS) as pool:
        answers = list(pool.map(add, range(TAKERS)))
    for of_one_reference in zip(*answers, strict=True):
        assert Counter(of_one_reference) == {HTTPStatus.CREATED: 1, HTTPStatus.CONFLICT: TAKERS - 1}


def _take_until_empty(queue: Queue, gate: Barrier, taken: Taken, is_impatient: bool) -> None:
    gate.wait(SECONDS_MAX)
    if is_impatient:
        _ask_and_go_away(queue)
        taken.unknown.append("went away")
    order = {"transactionData": {"Name": queue.name}}
    with queue.client() as client:
        while True:
            try:
                answer = client.post(START_TRANSACTION, json=order)
            except httpx2.TransportError as failure:
                taken.unknown.append(repr(failure))
                continue
            if answer.status_code == HTTPStatus.NO_CONTENT:
                return
            if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
                # The store was busy for too long, and nothing was taken.
                continue
            assert answer.status_code == HTTPStatus.OK, answer.text
            taken.ids.append(int(answer.json()["Id"]))


def _ask_and_go_away(queue: Queue) -> None:
    url = urlsplit(queue.house.orchestrator_url)
    body = json.dumps({"transactionData": {"Name": queue.name}})
    headers = {**queue.headers, "Host": url.netloc, "Content-Length": str(len(body))}
    lines = [f"POST {url.path}{START_TRANSACTION} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((str(url.hostname), url.port or 80), SECONDS_MAX) as connection:
        connection.sendall("\r\n".join([*lines, "", body]).encode())
