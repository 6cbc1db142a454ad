"""The Orchestrator to look at: jobs, queues and assets of a folder, through its own API as any caller would.

What the person may not see there is refused there; the page says so and shows the rest.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from stagedoor.client import AsyncStagedoor, FolderFacts, NotSignedIn, StagedoorClientError, Tenant
from stagedoor.console.errors import PageUnknown
from stagedoor.console.visit import Visit, find_tenant, path_of

ROWS_MAX = 50
QUEUES_MAX = 25
ITEM_STATES = ("New", "InProgress", "Successful", "Failed", "Abandoned", "Retried")
JOB_STATES = ("Pending", "Running", "Successful", "Faulted", "Stopped")


@dataclass(frozen=True, slots=True)
class Where:
    """The tenant and the folder that a page looks into."""

    tenants: list[Tenant]
    tenant: Tenant | None
    folders: list[FolderFacts]
    folder: FolderFacts | None

    @property
    def tenant_path(self) -> str:
        """The tenant as the API names it."""
        return path_of(self.tenant) if self.tenant else ""


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue and how many of its items wait; ``None`` where the person may not see items."""

    facts: dict[str, Any]
    waiting: int | None


async def show_jobs(visit: Visit) -> Response:
    """Show a folder's latest jobs."""
    where = await _where(visit)
    state = visit.request.query_params.get("state", "")
    fields: dict[str, str | int] = {"orderby": "Id desc", "top": ROWS_MAX}
    if state in JOB_STATES:
        fields["filter"] = f"State eq '{state}'"
    return await _listing(visit, where, "jobs", "Jobs_Get", fields, states=JOB_STATES, state=state)


async def show_queues(visit: Visit) -> Response:
    """Show a folder's queues with how many items wait in each."""
    where = await _where(visit)
    fields: dict[str, str | int] = {"orderby": "Name", "top": QUEUES_MAX}
    found, problem = await _rows(visit, where, "QueueDefinitions_Get", fields)
    client, folder = visit.stagedoor(where.tenant_path), where.folder
    waiting = await asyncio.gather(*(_count(client, folder, row["Id"], "New") for row in found))
    queues = [Queue(row, number) for row, number in zip(found, waiting, strict=True)]
    return await visit.page("orchestrator_queues.html", where=where, tab="queues", rows=queues, problem=problem)


async def show_queue(visit: Visit) -> Response:
    """Show one queue's latest items, and how many are in each state."""
    queue_id = visit.request.path_params["queue_id"]
    if not queue_id.isdecimal() or len(queue_id) > 18:
        raise PageUnknown
    where = await _where(visit)
    state = visit.request.query_params.get("state", "")
    wanted = f"QueueDefinitionId eq {queue_id}" + (f" and Status eq '{state}'" if state in ITEM_STATES else "")
    fields: dict[str, str | int] = {"filter": wanted, "orderby": "Id desc", "top": ROWS_MAX}
    items, problem = await _rows(visit, where, "QueueItems_Get", fields)
    client, folder = visit.stagedoor(where.tenant_path), where.folder
    queue = None
    counts: list[int | None] = []
    if folder is not None:
        queue = await client.call("QueueDefinitions_GetById", fields={"key": int(queue_id)}, folder=folder["id"])
        counts = await asyncio.gather(*(_count(client, folder, int(queue_id), each) for each in ITEM_STATES))
    return await visit.page(
        "orchestrator_queue.html",
        where=where,
        tab="queues",
        queue=queue,
        queue_id=queue_id,
        rows=items,
        counts=list(zip(ITEM_STATES, counts, strict=False)),
        state=state,
        problem=problem,
    )


async def show_assets(visit: Visit) -> Response:
    """Show a folder's assets; of a credential only its name."""
    where = await _where(visit)
    fields: dict[str, str | int] = {"orderby": "Name", "top": ROWS_MAX}
    return await _listing(visit, where, "assets", "Assets_GetFiltered", fields)


async def _listing(
    visit: Visit, where: Where, tab: str, operation: str, fields: dict[str, str | int], **values: Any
) -> Response:
    rows, problem = await _rows(visit, where, operation, fields)
    return await visit.page(f"orchestrator_{tab}.html", where=where, tab=tab, rows=rows, problem=problem, **values)


async def _where(visit: Visit) -> Where:
    query = visit.request.query_params
    tenants = await visit.tenants()
    tenant = find_tenant(tenants, query.get("tenant", ""))
    folders = await visit.stagedoor().folders(tenant=path_of(tenant)) if tenant else []
    named = query.get("folder", "")
    folder = next((each for each in folders if each["path"] == named), folders[0] if folders else None)
    return Where(tenants, tenant, folders, folder)


async def _rows(
    visit: Visit, where: Where, operation: str, fields: dict[str, str | int]
) -> tuple[list[dict[str, Any]], StagedoorClientError | None]:
    """Return the rows of a list, or the refusal to show in their place."""
    if where.folder is None:
        return [], None
    client = visit.stagedoor(where.tenant_path)
    try:
        answer = await client.call(operation, fields=fields, folder=where.folder["id"])
    except NotSignedIn:
        raise
    except StagedoorClientError as refusal:
        return [], refusal
    rows: list[dict[str, Any]] = answer["value"]
    return rows, None


async def _count(client: AsyncStagedoor, folder: FolderFacts | None, queue_id: int, state: str) -> int | None:
    if folder is None:
        return None
    fields: dict[str, str | int | bool] = {
        "filter": f"QueueDefinitionId eq {queue_id} and Status eq '{state}'",
        "count": True,
        "top": 1,
    }
    try:
        answer = await client.call("QueueItems_Get", fields=fields, folder=folder["id"])
    except NotSignedIn:
        raise
    except StagedoorClientError:
        # Seeing a queue and seeing its items are two permissions; without the second there is no number to show.
        return None
    return int(answer["@odata.count"])
