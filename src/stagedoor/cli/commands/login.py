"""``stagedoor login``: sign a person in."""

from typing import TYPE_CHECKING

import click

from stagedoor.cli.chosen_tenant import get_tenant, tenant_path
from stagedoor.cli.options import common_options, pass_session, tenant_option
from stagedoor.cli.output import echo_json
from stagedoor.cli.profiles import Profile
from stagedoor.cli.session import Session, is_interactive, origin_of
from stagedoor.cli.whoami_cache import WhoAmICache

if TYPE_CHECKING:
    import httpx2

    from stagedoor.cli.sign_in import SignIn
    from stagedoor.client import Tenant, Tokens

# Where the browser is sent when nothing listens: the address bar is all that is wanted.
UNHEARD_REDIRECT = "http://127.0.0.1:8127/callback"
HTTP_TIMEOUT_SECONDS = 30.0


@click.command(
    epilog="""\b
Examples:
  stagedoor login --base-url https://stagedoor.example
  stagedoor login --no-browser        on a machine without one
  stagedoor login --profile prod --tenant acme/prod
"""
)
@click.option("--no-browser", is_flag=True, help="Print the address to open, and take the one the browser ended on.")
@click.option(
    "--store-in-file", is_flag=True, help="Keep the sign-in in a file, unencrypted, where there is no keyring."
)
@tenant_option
@common_options
@pass_session
def login(session: Session, *, no_browser: bool, store_in_file: bool) -> None:
    """Sign in as a person, in the browser.

    The sign-in is kept in this system's keyring and renews itself. Organization and tenant are found by themselves;
    with several tenants, choose one with --tenant.
    """
    import httpx2

    from stagedoor.cli.sign_in import CLIENT_ID, SignIn, discover
    from stagedoor.cli.token_storage import choose_place, token_store
    from stagedoor.client import SignedIn, Stagedoor

    place, place_name = choose_place(session.world.find_keyring, in_file=store_in_file)
    origin = origin_of(session.base_url)
    name = session.profile_name
    with httpx2.Client(transport=session.world.transport, timeout=HTTP_TIMEOUT_SECONDS) as http:
        endpoints = discover(http, origin)
        sign_in = SignIn(endpoints, chance=session.world.draw_chance())
        tokens = _by_hand(session, http, sign_in) if no_browser else _in_browser(session, http, sign_in)
    auth = SignedIn(endpoints.token, client_id=CLIENT_ID, tokens=tokens, clock=session.world.clock)
    with Stagedoor(origin, auth=auth, transport=session.world.transport) as client:
        me = client.whoami()
        tenants = client.tenants()
    profile = Profile(
        name=name,
        base_url=origin,
        user=me["email"] or me["name"],
        client_id=CLIENT_ID,
        token_url=endpoints.token,
        revocation_url=endpoints.revocation,
        tenant=_choose_tenant(session, tenants),
        secret_place=place,
        secret_place_name=place_name,
    )
    former = session.book.find_profile(name)
    if former is not None and (former.secret_place, former.base_url) != (place, origin):
        token_store(former, session.book.directory, session.world.find_keyring).remove()
    token_store(profile, session.book.directory, session.world.find_keyring).save(tokens)
    session.book.save(profile)
    WhoAmICache(session.book.directory, name).forget()
    if session.wants_json:
        names = [tenant_path(tenant) for tenant in tenants]
        echo_json(
            {"profile": name, "base_url": origin, "user": profile.user, "tenant": profile.tenant, "tenants": names}
            | {"secret_place": place}
        )
        return
    click.echo(f"Signed in to {origin} as {profile.user}; tenant {profile.tenant or '(none chosen)'}.")
    click.echo(f"The sign-in lies in {place_name}.")
    if profile.tenant is None and tenants:
        click.echo(f"Choose a tenant with --tenant: {', '.join(map(tenant_path, tenants))}.", err=True)


def _in_browser(session: Session, http: "httpx2.Client", sign_in: "SignIn") -> "Tokens":
    from stagedoor.cli.loopback import LoopbackReceiver

    with LoopbackReceiver(sign_in.state) as receiver:
        url = sign_in.url(receiver.redirect_uri)
        if session.world.open_browser(url):
            click.echo("Sign in in the browser that just opened.", err=True)
        else:
            click.echo(f"Open this address in a browser on this machine:\n{url}", err=True)
        answer = receiver.wait()
        return sign_in.exchange(http, answer, redirect_uri=receiver.redirect_uri, clock=session.world.clock)


def _by_hand(session: Session, http: "httpx2.Client", sign_in: "SignIn") -> "Tokens":
    click.echo(
        f"Open this address in any browser and sign in:\n\n{sign_in.url(UNHEARD_REDIRECT)}\n\n"
        "The browser then ends on an address that it cannot open, which begins with\n"
        f"{UNHEARD_REDIRECT}. Copy that whole address from the address bar.",
        err=True,
    )
    answer = sign_in.read_pasted(click.prompt("Address", err=True))
    return sign_in.exchange(http, answer, redirect_uri=UNHEARD_REDIRECT, clock=session.world.clock)


def _choose_tenant(session: Session, tenants: "list[Tenant]") -> str | None:
    wanted = session.choose("tenant")
    if wanted.value is not None and wanted.source != "profile":
        return tenant_path(get_tenant(tenants, wanted.value))
    names = [tenant_path(tenant) for tenant in tenants]
    if len(names) > 1 and is_interactive():
        return str(click.prompt("Tenant", type=click.Choice(names), default=names[0], err=True))
    return names[0] if len(names) == 1 else None
