"""The feed that a call names in its query."""

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.fields import get_query_guid
from stagedoor.orchestrator.package_feeds import service
from stagedoor.orchestrator.package_feeds.service import Feed


def get_asked_process_feed(call: Call) -> Feed:
    """Return the feed of processes that ``feedId`` names, the tenant's without it; raises ``NotFound``."""
    return service.get_process_feed(call.session, call.tenant.tenant_id, _find_feed_id(call), call.reach)


def get_asked_library_feed(call: Call) -> Feed:
    """Return the feed of libraries that ``feedId`` names, the tenant's without it; raises ``NotFound``."""
    return service.get_library_feed(call.tenant.tenant_id, _find_feed_id(call))


def _find_feed_id(call: Call) -> str | None:
    return get_query_guid(call, "feedId") if call.query.get("feedid", "").strip() else None
