"""Making a key in one screen: choose, read what it means, make it, copy it once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from stagedoor.client import FolderFacts, FreshKey, KeyPreview, NotSignedIn, StagedoorClientError, Tenant
from stagedoor.console.choices import describe, list_offers
from stagedoor.console.key_draft import LIFETIMES, KeyDraft
from stagedoor.console.snippets import snippets_for
from stagedoor.console.visit import Visit, find_tenant, path_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What the draft means: the house's own words for it, or what stands in the way."""

    preview: KeyPreview | None
    problems: Sequence[str]


async def show_new_key(visit: Visit) -> Response:
    """Show the form, filled in by the link that led here."""
    draft = KeyDraft.from_link(visit.request.query_params)
    tenants, tenant, folders = await _surroundings_of(visit, draft)
    if not draft.folders and len(folders) == 1:
        draft = replace(draft, folders=(folders[0]["path"],))
    return await _form_page(visit, draft, tenants, tenant, folders)


async def redraw_new_key(visit: Visit) -> Response:
    """Draw the form again with what was chosen: the way without scripts to search and to choose another tenant."""
    draft = KeyDraft.from_form(await visit.form())
    tenants, tenant, folders = await _surroundings_of(visit, draft)
    return await _form_page(visit, draft, tenants, tenant, folders)


async def show_choice(visit: Visit) -> Response:
    """Return the parts of the form that a change touches: what is chosen, what it means, and what is on offer.

    Offers and folders are drawn anew only when they are others than before, so that whoever is ticking keeps their
    place.
    """
    form = await visit.form()
    draft = KeyDraft.from_form(form)
    _, tenant, folders = await _surroundings_of(visit, draft)
    tenant_changed = form.text("folders_of") != (path_of(tenant) if tenant else "")
    if tenant_changed:
        draft = replace(draft, folders=(folders[0]["path"],) if len(folders) == 1 else ())
    return visit.part(
        "new_key_choice.html",
        **_values(draft, tenant, folders, await _read(visit, draft, tenant, folders)),
        draw_offers=form.has("drop") or form.text("searched") != draft.search,
        draw_folders=tenant_changed,
    )


async def make_key(visit: Visit) -> Response:
    """Make the key and show it, this once; with a sentence and the form as it was when that is refused."""
    draft = KeyDraft.from_form(await visit.form())
    tenants, tenant, folders = await _surroundings_of(visit, draft)
    problems = draft.problems(folders, now=visit.clock.now())
    if not draft.name:
        problems.insert(0, "Give the key a name.")
    if tenant is None or problems:
        return await _form_page(visit, draft, tenants, tenant, folders, status=422, refusals=problems)
    try:
        fresh = await visit.stagedoor().create_key(
            draft.name,
            allow=draft.allow,
            tenant=path_of(tenant),
            folders=draft.folder_paths,
            networks=draft.network_list,
            expires_in=draft.expires_in,
            expires_at=draft.expires_at,
            **draft.limits,
        )
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        said = [sentence for sentence in (refused.message, refused.hint) if sentence]
        return await _form_page(visit, draft, tenants, tenant, folders, status=refused.status or 502, refusals=said)
    return await show_fresh_key(visit, fresh, tenant, status=201, heading="Your key is ready")


async def show_fresh_key(
    visit: Visit, fresh: FreshKey, tenant: Tenant | None, *, status: int, heading: str, note: str = ""
) -> Response:
    """Show a key that was just made or rotated, with calls that use it."""
    key = fresh.key.reveal()
    return await visit.page(
        "key_made.html",
        status,
        heading=heading,
        note=note,
        facts=fresh.facts,
        key=key,
        warnings=fresh.warnings,
        snippets=snippets_for(tenant, fresh.facts, key, folder=await _example_folder(visit, tenant)) if tenant else (),
    )


async def _example_folder(visit: Visit, tenant: Tenant) -> str:
    folders = await visit.stagedoor().folders(tenant=path_of(tenant))
    return folders[0]["path"] if folders else "Shared"


async def _form_page(
    visit: Visit,
    draft: KeyDraft,
    tenants: list[Tenant],
    tenant: Tenant | None,
    folders: Sequence[FolderFacts],
    *,
    status: int = 200,
    refusals: Sequence[str] = (),
) -> Response:
    return await visit.page(
        "new_key.html",
        status,
        **_values(draft, tenant, folders, await _read(visit, draft, tenant, folders)),
        tenants=[(path_of(each), each["display_name"] or each["name"]) for each in tenants],
        lifetimes=LIFETIMES,
        refusals=refusals,
    )


def _values(draft: KeyDraft, tenant: Tenant | None, folders: Sequence[FolderFacts], reading: Reading) -> dict[str, Any]:
    return {
        "draft": draft,
        "tenant": path_of(tenant) if tenant else "",
        "folders": folders,
        "chosen": [describe(selector) for selector in draft.allow],
        "offers": list_offers(draft.search),
        "reading": reading,
    }


async def _surroundings_of(visit: Visit, draft: KeyDraft) -> tuple[list[Tenant], Tenant | None, Sequence[FolderFacts]]:
    tenants = await visit.tenants()
    tenant = find_tenant(tenants, draft.tenant)
    folders = await visit.stagedoor().folders(tenant=path_of(tenant)) if tenant else []
    return tenants, tenant, sorted(folders, key=lambda folder: folder["path"].lower().split("/"))


async def _read(visit: Visit, draft: KeyDraft, tenant: Tenant | None, folders: Sequence[FolderFacts]) -> Reading:
    """Ask the house what a key so ordered would allow; what it refuses is part of the answer."""
    problems = draft.problems(folders, now=visit.clock.now())
    if problems or tenant is None:
        return Reading(None, problems)
    try:
        preview = await visit.stagedoor().preview_key(
            allow=draft.allow,
            tenant=path_of(tenant),
            folders=draft.folder_paths,
            networks=draft.network_list,
            expires_in=draft.expires_in,
            expires_at=draft.expires_at,
            **draft.limits,
        )
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        return Reading(None, [sentence for sentence in (refused.message, refused.hint) if sentence])
    return Reading(preview, [])
