"""Access keys: the list, one key's details, rotation and revocation."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from stagedoor.client import NotSignedIn, StagedoorClientError
from stagedoor.console.key_draft import NUMBERS, limit_problems, limits_of
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
    return await _key_page(visit)


async def change_limits(visit: Visit) -> Response:
    """Let the key be used as the form says; an empty field lifts a limit."""
    form = await visit.form()
    rate = form.text("rate").replace(" ", "")
    typed = {name: form.text(name) for name in NUMBERS}
    key_id = visit.request.path_params["key_id"]
    shown: dict[str, Any] = {"rate": rate, **typed}
    problems = limit_problems(rate, typed)
    if problems:
        return await _key_page(visit, status=422, typed=shown, refusals=problems)
    try:
        facts = await visit.stagedoor().change_key_limits(key_id, **limits_of(rate, typed))
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        said = [sentence for sentence in (refused.message, refused.hint) if sentence]
        return await _key_page(visit, status=refused.status or 502, typed=shown, refusals=said)
    return visit.go(f"/console/keys/{quote(facts['id'], safe='')}")


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


async def _key_page(
    visit: Visit, *, status: int = 200, typed: Mapping[str, Any] | None = None, refusals: Sequence[str] = ()
) -> Response:
    key = await visit.stagedoor().get_key(visit.request.path_params["key_id"])
    return await visit.page(
        "key.html",
        status,
        key=key,
        is_living=key["state"] in LIVING,
        overlaps=OVERLAPS,
        default_overlap=DEFAULT_OVERLAP,
        limits=key if typed is None else typed,
        refusals=refusals,
    )


async def revoke_key(visit: Visit) -> Response:
    """End the key at once."""
    await visit.form()
    facts = await visit.stagedoor().revoke_key(visit.request.path_params["key_id"])
    return visit.go(f"/console/keys/{quote(facts['id'], safe='')}")
