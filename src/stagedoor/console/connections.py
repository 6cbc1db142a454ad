"""Connections to Orchestrators elsewhere: the list, and one connection with its test, its tenants and its end."""

from collections.abc import Awaitable, Sequence
from urllib.parse import quote

from starlette.responses import Response

from stagedoor.client import (
    ConnectionFacts,
    ConnectionTerms,
    NotSignedIn,
    StagedoorClientError,
    TrialReport,
)
from stagedoor.console.connection_kinds import KINDS, PERSON
from stagedoor.console.person_sign_in import depart
from stagedoor.console.visit import Visit, path_of
from stagedoor.kit.secret import Secret

LIST_PATH = "/console/connections"


async def show_connections(visit: Visit) -> Response:
    """Show all connections; to people who do not administer, why they see none."""
    if not (await visit.whoami())["may_administer"]:
        return await visit.page("connections.html", allowed=False, connections=[], kinds=KINDS)
    found = await visit.stagedoor().connections.list()
    return await visit.page("connections.html", allowed=True, connections=found, kinds=KINDS)


async def show_connection(visit: Visit) -> Response:
    """Show one connection with everything that can be done with it."""
    return await draw_connection(visit, await _connection(visit))


async def test_connection(visit: Visit) -> Response:
    """Make the calls that prove the connection, and explain what each found."""
    await visit.form()
    facts = await _connection(visit)
    try:
        report = await visit.stagedoor().connections.test(facts["id"])
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        return await draw_refusal(visit, facts, refused)
    if visit.is_part:
        return visit.part("connection_trial.html", report=report)
    return await draw_connection(visit, facts, report=report)


async def renew_secret(visit: Visit) -> Response:
    """Sign the connection in with a new secret."""
    form = await visit.form()
    facts = await _connection(visit)
    typed = next((value for field, value in reversed(form.pairs) if field == "secret"), "")
    if not typed:
        missing = f"Give the {KINDS[facts['kind']].secret.lower()}."
        return await draw_connection(visit, facts, status=422, refusals=[missing])
    # How the sign-in went stands on the page, as it does later.
    return await _done(visit, facts, visit.stagedoor().connections.renew_secret(facts["id"], Secret(typed)))


async def sign_in_again(visit: Visit) -> Response:
    """Send the browser to the other side, for a new sign-in of the person that the connection acts as."""
    await visit.form()
    facts = await _connection(visit)
    terms = ConnectionTerms(
        name=facts["name"],
        kind=PERSON,
        url=facts["url"],
        client_id=facts["client_id"],
        scope=facts["scope"],
        upstream=facts["upstream"],
        identity_url=facts["token_url"],
        proxy_url=facts["proxy_url"],
    )
    try:
        response = await depart(visit, terms, {"connection": facts["id"]})
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        return await draw_refusal(visit, facts, refused)
    assert response is not None  # noqa: S101  # without certificates the cookie is never too long
    return response


async def map_tenant(visit: Visit) -> Response:
    """Send a tenant to the connection."""
    form = await visit.form()
    facts = await _connection(visit)
    tenant_id = await _tenant_id(visit, form.text("tenant"))
    if tenant_id is None:
        return await draw_connection(visit, facts, status=422, refusals=["Choose the tenant to send there."])
    return await _done(visit, facts, visit.stagedoor().connections.map_tenant(tenant_id, facts["id"]))


async def unmap_tenant(visit: Visit) -> Response:
    """Send a tenant back to the embedded Orchestrator."""
    form = await visit.form()
    facts = await _connection(visit)
    path = form.text("tenant")
    # Only what this page showed: a tenant that was sent elsewhere meanwhile stays there.
    tenant_id = await _tenant_id(visit, path) if path in facts["tenants"] else None
    if tenant_id is None:
        return await draw_connection(visit, facts, status=422, refusals=["That tenant is not sent there any more."])
    return await _done(visit, facts, visit.stagedoor().connections.unmap_tenant(tenant_id))


async def remove_connection(visit: Visit) -> Response:
    """Remove the connection; its tenants go back to the embedded Orchestrator, as the page said."""
    form = await visit.form()
    facts = await _connection(visit)
    if form.text("unmap") != " ".join(facts["tenants"]):
        changed = "Meanwhile other tenants are sent there. Look again, and remove it if you still want to."
        return await draw_connection(visit, facts, status=409, refusals=[changed])
    try:
        await visit.stagedoor().connections.remove(facts["id"], unmap=bool(facts["tenants"]))
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        return await draw_refusal(visit, facts, refused)
    return visit.go(LIST_PATH)


async def draw_connection(
    visit: Visit,
    facts: ConnectionFacts,
    *,
    status: int = 200,
    report: TrialReport | None = None,
    refusals: Sequence[str] = (),
) -> Response:
    """Draw the page of a connection, with what a test found if one was made."""
    tenants = [path_of(tenant) for tenant in await visit.tenants()]
    return await visit.page(
        "connection.html",
        status,
        connection=facts,
        address=address_of(facts),
        kind=KINDS.get(facts["kind"]),
        is_person=facts["kind"] == PERSON,
        others=[path for path in tenants if path not in facts["tenants"]],
        report=report,
        refusals=refusals,
    )


async def draw_refusal(visit: Visit, facts: ConnectionFacts, refused: StagedoorClientError) -> Response:
    """Draw the page of a connection with what the house refused; as a part, the refusal alone."""
    if visit.is_part:
        # With 200, because htmx leaves alone what is there when a part fails.
        return visit.part(
            "problem_part.html", message=refused.message, hint=refused.hint, request_id=refused.request_id
        )
    said = [sentence for sentence in (refused.message, refused.hint) if sentence]
    return await draw_connection(visit, facts, status=refused.status or 502, refusals=said)


def address_of(facts: ConnectionFacts) -> str:
    """Return the address of a connection's page."""
    return f"{LIST_PATH}/{quote(facts['id'], safe='')}"


async def _connection(visit: Visit) -> ConnectionFacts:
    return await visit.stagedoor().connections.get(visit.request.path_params["connection_id"])


async def _tenant_id(visit: Visit, path: str) -> str | None:
    return next((tenant["id"] for tenant in await visit.tenants() if path_of(tenant) == path), None)


async def _done(visit: Visit, facts: ConnectionFacts, change: Awaitable[object]) -> Response:
    try:
        await change
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        return await draw_refusal(visit, facts, refused)
    return visit.go(address_of(facts))
