"""What happened at the door, live: each request with its verdict, refusals with the smallest grant that would pass."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from stagedoor.client import AuditRow
from stagedoor.console.visit import Visit
from stagedoor.console.wording import sentence

ROWS_SHOWN = 60
ROWS_READ = 200
# A grant can only help where the grant was what refused.
CURED_BY_GRANT = frozenset({"operation_not_granted", "folder_not_granted", "folder_limited_grant", "scope_missing"})
# Reading pages and the management API is the house's own talk; what it changes has events of its own.
HOUSE_TALK = frozenset({"admin:request:answered", "console:page:answered", "identity:request:answered"})
# Rows of what was done to keys, people and policies, as opposed to the calls that went through the door.
ADMINISTRATION = "admin:"


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and for a refusal what would let it pass: ``cure`` in words, ``cure_link`` to a key with that grant."""

    facts: AuditRow
    title: str
    is_refused: bool
    is_change: bool
    cure: str = ""
    cure_link: str = ""


async def show_activity(visit: Visit) -> Response:
    """Show the latest rows; to people who do not administer, why they see none."""
    only_refused = visit.request.query_params.get("show") == "refused"
    if not (await visit.whoami())["may_administer"]:
        return await visit.page("activity.html", allowed=False, rows=[], last=0, only_refused=False)
    rows, last = await _latest(visit, only_refused=only_refused)
    return await visit.page("activity.html", allowed=True, rows=rows, last=last, only_refused=only_refused)


async def show_new_rows(visit: Visit) -> Response:
    """Return the rows after the last one that the page has, and the mark from which to ask next."""
    query = visit.request.query_params
    only_refused = query.get("show") == "refused"
    after = query.get("after", "")
    page = await visit.stagedoor().audit(limit=ROWS_READ, after=after if after.isdecimal() else None)
    rows = [_row(facts) for facts in reversed(page.rows) if _is_worth_showing(facts, only_refused=only_refused)]
    return visit.part(
        "activity_rows.html",
        rows=rows[:ROWS_SHOWN],
        refused=sum(row.is_refused for row in rows),
        last=page.next or after or 0,
        only_refused=only_refused,
    )


async def _latest(visit: Visit, *, only_refused: bool) -> tuple[list[Row], int | str]:
    """Return the newest rows that are worth showing, newest first, and the newest row's id of all."""
    everything = await visit.stagedoor().audit(limit=ROWS_READ)
    found: dict[int, AuditRow] = {facts["id"]: facts for facts in everything.rows}
    # The house's own talk may have pushed the calls out of the newest rows; verdicts find them again.
    for verdict in ("denied",) if only_refused else ("denied", "allowed"):
        page = await visit.stagedoor().audit(limit=ROWS_SHOWN, verdict=verdict)
        found |= {facts["id"]: facts for facts in page.rows}
    newest_first: Iterable[AuditRow] = sorted(found.values(), key=lambda facts: facts["id"], reverse=True)
    rows = [_row(facts) for facts in newest_first if _is_worth_showing(facts, only_refused=only_refused)]
    return rows[:ROWS_SHOWN], everything.next or 0


def _is_worth_showing(facts: AuditRow, *, only_refused: bool) -> bool:
    if only_refused:
        return facts["verdict"] == "denied"
    return facts["verdict"] is not None or facts["event"] not in HOUSE_TALK


def _row(facts: AuditRow) -> Row:
    is_refused = facts["verdict"] == "denied"
    operation = facts["operation"]
    is_change = facts["event"].startswith(ADMINISTRATION) and facts["event"] not in HOUSE_TALK
    title = operation or (facts["path"] if is_refused else facts["sentence"]) or _event_words(facts["event"])
    if not is_refused or operation is None or facts["reason"] not in CURED_BY_GRANT:
        return Row(facts, title, is_refused, is_change)
    fields = [("allow", operation)]
    where = ""
    if facts["folder"]:
        fields.append(("folder", facts["folder"]))
        where = f" in {facts['folder']}"
    if facts["organization"] and facts["tenant"]:
        fields.append(("tenant", f"{facts['organization']}/{facts['tenant']}"))
    return Row(
        facts,
        title,
        is_refused,
        is_change,
        cure=f"{operation}{where}",
        cure_link=f"/console/keys/new?{urlencode(fields)}",
    )


def _event_words(event: str) -> str:
    """Return an event's name as words: ``Sign in succeeded`` for ``identity:sign_in:succeeded``."""
    return sentence(" ".join(event.split(":")[1:]).replace("_", " "))
