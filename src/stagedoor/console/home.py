"""The first page: where to call, how it goes, and what wants attention."""

from datetime import timedelta

from starlette.responses import Response

from stagedoor.console.keys import LIVING
from stagedoor.console.snippets import quick_curl
from stagedoor.console.visit import Visit, path_of
from stagedoor.console.wording import read_time

ENDS_SOON = timedelta(days=14)
REFUSALS_COUNTED_MAX = 100
LATELY = timedelta(hours=24)


async def show_home(visit: Visit) -> Response:
    """Show the tenants' addresses, a call to paste, and counts."""
    me = await visit.whoami()
    stagedoor = visit.stagedoor()
    tenants = await visit.tenants()
    keys = [key for key in await stagedoor.list_keys() if key["state"] in LIVING]
    now = visit.clock.now()
    soon = [key for key in keys if key["expires_at"] and read_time(key["expires_at"]) - now < ENDS_SOON]
    refused, window = None, None
    if me["may_administer"]:
        denied = await stagedoor.audit(limit=REFUSALS_COUNTED_MAX, verdict="denied")
        refused = sum(now - read_time(row["time"]) < LATELY for row in denied.rows)
        window = await stagedoor.legacy_window()
    return await visit.page(
        "home.html",
        tenants=[(path_of(tenant), tenant, quick_curl(tenant)) for tenant in tenants],
        keys_count=len(keys),
        unused_count=sum(key["last_used_at"] is None for key in keys),
        soon_count=len(soon),
        refused=refused,
        refused_is_more=refused == REFUSALS_COUNTED_MAX,
        window=window,
        # The end of the token is no end of anything for its holder: it is renewed unseen.
        words=[sentence for sentence in me["grant"]["words"] if not sentence.startswith("Until ")],
    )
