"""Five calls that scripts make all day, carried out by the embedded Orchestrator on SQLite with full durability."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2

from bench.figures import Figure
from bench.house import RunningServer, prepare_house, running_server
from bench.load import Request, run_load
from bench.run import Run

ROW = "embedded"
CONNECTIONS = 16
ITEMS_FOR_TAKING = 15_000
PROCESS = "InvoiceBot"
QUEUE = "Invoices"
START_JOBS = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
ADD_ITEM = "/odata/Queues/UiPathODataSvc.AddQueueItem"
ADD_ITEMS = "/odata/Queues/UiPathODataSvc.BulkAddQueueItems"
TAKE_ITEM = "/odata/Queues/UiPathODataSvc.StartTransaction"


def measure(run: Run) -> list[Figure]:
    """Return requests a second and latency of each call at 16 connections. The design sets no budget for them."""
    house = prepare_house(run.directory / "data")
    access_key = house.make_key("all")
    figures: list[Figure] = []
    with running_server(house) as server:
        headers = {
            "Authorization": f"Bearer {access_key}",
            "X-UIPATH-FolderPath": house.folder,
            "Content-Type": "application/json",
        }
        job_id = _fill(server, headers)
        for name, request in _requests(server, headers, job_id):
            run.progress.say(f"{ROW}: {name}")
            results = [
                run_load(request, connections=CONNECTIONS, seconds=run.pace.seconds) for _ in range(run.pace.rounds)
            ]
            figures += [
                Figure(row=ROW, name=name, samples=[result.requests_per_second for result in results], unit="req/s"),
                Figure(row=ROW, name=f"{name}, p50", samples=[one.p50_us / 1000 for one in results], unit="ms"),
                Figure(row=ROW, name=f"{name}, p99", samples=[one.p99_us / 1000 for one in results], unit="ms"),
            ]
    return figures


def _requests(server: RunningServer, headers: Mapping[str, str], job_id: int) -> Iterator[tuple[str, Request]]:
    base = server.orchestrator_url
    item = {"Name": QUEUE, "Priority": "Normal", "SpecificContent": {"Invoice": "4711"}}
    yield "list ten jobs", Request(url=f"{base}/odata/Jobs?$top=10", headers=headers)
    yield "get one job", Request(url=f"{base}/odata/Jobs({job_id})", headers=headers)
    yield "start a job", _post(base + START_JOBS, headers, _start())
    yield "add a queue item", _post(base + ADD_ITEM, headers, {"itemData": item})
    yield "take a queue item", _post(base + TAKE_ITEM, headers, {"transactionData": {"Name": QUEUE}})


def _fill(server: RunningServer, headers: Mapping[str, str]) -> int:
    with httpx2.Client(base_url=server.orchestrator_url, headers=dict(headers), timeout=60) as client:
        started = client.post(START_JOBS, json=_start(JobsCount=20)).raise_for_status()
        items = [{"Name": QUEUE, "SpecificContent": {"Invoice": str(number)}} for number in range(ITEMS_FOR_TAKING)]
        order = {"queueName": QUEUE, "commitType": "AllOrNothing", "queueItems": items}
        client.post(ADD_ITEMS, json=order).raise_for_status()
        return int(started.json()["value"][0]["Id"])


def _start(**more: Any) -> dict[str, Any]:
    return {"startInfo": {"ReleaseName": PROCESS, "Strategy": "ModernJobsCount", "JobsCount": 1, **more}}


def _post(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Request:
    return Request(url=url, method="POST", headers=headers, body=json.dumps(body))
