"""Access keys: the list, one key's details, rotation and revocation."""

from urllib.parse import quote

from starlette.responses import Response

from stagedoor.console.new_key import show_fresh_key
from stagedoor.console.visit import Visit, find_tenant, path_of

OVERLAPS = {"1h": "1 hour", "24h": "1 day", "7d": "7 days", "none": "No overlap: the old secret ends now"}
DEFAULT_OVERLAP = "24h"
LIVING = ("active", "rotating")


async def show_keys(visit: Visit) -> Response:
    """Show all keys that the person may see, newest first, those that still work above the others."""
    keys = sorted(await visit.stagedoor().list_keys(), key=lambda key: key["created_at"], reverse=True)
    return await visit.page(
        "keys.html",
        living=[key for key in keys if key["state"] in LIVING],
        ended=[key for key in keys if key["state"] not in LIVING],
        tenants_count=len(await visit.tenants()),
    )


async def show_key(visit: Visit) -> Response:
    """Show one key with everything that can be done with it."""
    key = await visit.stagedoor().get_key(visit.request.path_params["key_id"])
    return await visit.page(
        "key.html",
        key=key,
        is_living=key["state"] in LIVING,
        overlaps=OVERLAPS,
        default_overlap=DEFAULT_OVERLAP,
    )


async def rotate_key(visit: Visit) -> Response:
    """Give the key a new secret and show it, this once."""
    form = await visit.form()
    overlap = form.text("overlap", DEFAULT_OVERLAP)
    if overlap not in OVERLAPS:
        overlap = DEFAULT_OVERLAP
    fresh = await visit.stagedoor().rotate_key(
        visit.request.path_params["key_id"], overlap=None if overlap == "none" else overlap
    )
    note = "The old secret has ended." if overlap == "none" else f"The old secret works for {OVERLAPS[overlap]} more."
    named = f"{fresh.facts['organization']}/{fresh.facts['tenant']}"
    tenants = [tenant for tenant in await visit.tenants() if path_of(tenant) == named]
    return await show_fresh_key(
        visit, fresh, find_tenant(tenants, named), status=201, heading="The key has a new secret", note=note
    )


async def revoke_key(visit: Visit) -> Response:
    """End the key at once."""
    await visit.form()
    facts = await visit.stagedoor().revoke_key(visit.request.path_params["key_id"])
    return visit.go(f"/console/keys/{quote(facts['id'], safe='')}")
