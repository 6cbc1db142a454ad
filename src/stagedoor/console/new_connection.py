"""Connecting an Orchestrator in one screen: choose the kind, fill in what it needs, try it, keep it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from stagedoor.client import ConnectionFacts, NotSignedIn, StagedoorClientError, TrialReport
from stagedoor.console.connection_draft import ConnectionDraft
from stagedoor.console.connection_kinds import KINDS, PERSON
from stagedoor.console.connections import address_of, draw_connection, draw_refusal
from stagedoor.console.person_sign_in import PendingSignIn, depart, redirect_uri, take_return
from stagedoor.console.visit import Visit, path_of

TOO_LONG = "These certificates are too long for the way through the browser: use `stagedoor connect` on a terminal."


async def show_new_connection(visit: Visit) -> Response:
    """Show the form, for the kind in the link if there is one."""
    return await _form_page(visit, ConnectionDraft.from_fields({"kind": visit.request.query_params.get("kind", "")}))


async def redraw_new_connection(visit: Visit) -> Response:
    """Draw the form again for the kind that was chosen: the way without scripts."""
    return await _form_page(visit, ConnectionDraft.from_form(await visit.form()))


async def show_fields(visit: Visit) -> Response:
    """Return the parts of the form that the kind decides."""
    draft = ConnectionDraft.from_form(await visit.form())
    return visit.part("new_connection_fields.html", **await _values(visit, draft))


async def try_connection(visit: Visit) -> Response:
    """Try what stands in the form, and keep nothing."""
    draft = ConnectionDraft.from_form(await visit.form())
    problems = draft.problems()
    if problems:
        return await _refuse(visit, draft, problems)
    try:
        report = await visit.stagedoor().connections.discover(draft.terms(await _organization(visit)))
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        return await _refuse(visit, draft, _said(refused), status=refused.status)
    return await _answer(visit, draft, report=report)


async def create_connection(visit: Visit) -> Response:
    """Try what stands in the form and keep it when it works, or when that was asked for; a person signs in first."""
    form = await visit.form()
    draft = ConnectionDraft.from_form(form)
    problems = draft.problems()
    if problems:
        return await _refuse(visit, draft, problems)
    terms = draft.terms(await _organization(visit))
    connections = visit.stagedoor().connections
    try:
        if draft.kind == PERSON:
            away = await depart(visit, terms, draft.fields())
            return _leave(visit, away) if away else await _refuse(visit, draft, [TOO_LONG])
        report = await connections.discover(terms)
        if not report["is_working"] and form.text("keep_anyway") != "yes":
            return await _answer(visit, draft, report=report, status=422)
        kept = await connections.create(terms)
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        return await _refuse(visit, draft, _said(refused), status=refused.status)
    return _leave(visit, visit.go(address_of(kept)))


async def finish_sign_in(visit: Visit) -> Response:
    """Take the person back from the other side: make the connection, or sign it in again, and show its test.

    The code is good once, so the connection is kept first and tried then. A tenant that exists is sent there only
    when it works.
    """
    pending = take_return(visit)
    connections = visit.stagedoor().connections
    if "connection" in pending.about:
        facts = await connections.get(pending.about["connection"])
        try:
            await connections.renew_secret(facts["id"], pending.signed_in)
            response = await _tested(visit, facts, None)
        except NotSignedIn:
            raise
        except StagedoorClientError as refused:
            response = await draw_refusal(visit, facts, refused)
    else:
        response = await _finish_draft(visit, ConnectionDraft.from_fields(pending.about), pending)
    visit.around.pending_sign_in.remove(response)
    return response


async def _finish_draft(visit: Visit, draft: ConnectionDraft, pending: PendingSignIn) -> Response:
    terms = draft.terms(await _organization(visit), pending.signed_in)
    present = next((each["id"] for each in await visit.tenants() if path_of(each) == terms.tenant), None)
    try:
        facts = await visit.stagedoor().connections.create(replace(terms, tenant=None) if present else terms)
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        return await _form_page(visit, draft, status=refused.status or 502, refusals=_said(refused))
    return await _tested(visit, facts, present)


async def _tested(visit: Visit, facts: ConnectionFacts, tenant_id: str | None) -> Response:
    connections = visit.stagedoor().connections
    report = await connections.test(facts["id"])
    if tenant_id is not None and report["is_working"]:
        await connections.map_tenant(tenant_id, facts["id"])
    return await draw_connection(visit, await connections.get(facts["id"]), report=report)


async def _refuse(
    visit: Visit, draft: ConnectionDraft, refusals: Sequence[str], *, status: int | None = 422
) -> Response:
    return await _answer(visit, draft, refusals=refusals, status=status or 502)


async def _answer(
    visit: Visit,
    draft: ConnectionDraft,
    *,
    report: TrialReport | None = None,
    refusals: Sequence[str] = (),
    status: int = 200,
) -> Response:
    if visit.is_part:
        # With 200, because htmx leaves alone what is there when a part fails; the secret stays in its field.
        return visit.part("new_connection_trial.html", report=report, refusals=refusals, draft=draft)
    return await _form_page(visit, draft, report=report, refusals=refusals, status=status)


async def _form_page(
    visit: Visit,
    draft: ConnectionDraft,
    *,
    report: TrialReport | None = None,
    refusals: Sequence[str] = (),
    status: int = 200,
) -> Response:
    allowed = (await visit.whoami())["may_administer"]
    values = await _values(visit, draft)
    return await visit.page("new_connection.html", status, allowed=allowed, report=report, refusals=refusals, **values)


async def _values(visit: Visit, draft: ConnectionDraft) -> dict[str, Any]:
    return {
        "draft": draft,
        "kinds": KINDS.values(),
        "kind": draft.kind_words,
        "is_person": draft.kind == PERSON,
        "redirect": redirect_uri(visit),
        "tenants": [path_of(tenant) for tenant in await visit.tenants()],
        "organization": await _organization(visit),
    }


def _leave(visit: Visit, response: Response) -> Response:
    """Have htmx leave the page as a browser without scripts does: a redirect inside a part would be followed unseen."""
    if visit.is_part:
        response.status_code = 200
        response.headers["HX-Redirect"] = response.headers["location"]
        del response.headers["location"]
    return response


async def _organization(visit: Visit) -> str:
    return (await visit.whoami())["organization"]["name"]


def _said(refused: StagedoorClientError) -> list[str]:
    return [sentence for sentence in (refused.message, refused.hint) if sentence]
