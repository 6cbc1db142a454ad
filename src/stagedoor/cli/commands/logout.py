"""``stagedoor logout``: end a sign-in here and at the server."""

import click

from stagedoor.cli.options import common_options, pass_session
from stagedoor.cli.output import echo_json
from stagedoor.cli.session import Session
from stagedoor.cli.whoami_cache import WhoAmICache

HTTP_TIMEOUT_SECONDS = 10.0


@click.command()
@common_options
@pass_session
def logout(session: Session) -> None:
    """End the sign-in, here and at the server.

    What lies on this machine goes in any case; when the server does not answer, a warning says so.
    """
    profile = session.book.find_profile(session.profile_name)
    if profile is None:
        click.echo(f"Nobody is signed in as profile {session.profile_name}.", err=True)
        return
    import httpx2

    from stagedoor.cli.sign_in import revoke
    from stagedoor.cli.token_storage import token_store
    from stagedoor.client import StagedoorClientError

    store = token_store(profile, session.book.directory, session.world.find_keyring)
    tokens = store.load()
    store.remove()
    session.book.remove(profile.name)
    WhoAmICache(session.book.directory, profile.name).forget()
    revoked = False
    if tokens is not None and profile.revocation_url is not None:
        try:
            with httpx2.Client(transport=session.world.transport, timeout=HTTP_TIMEOUT_SECONDS) as http:
                revoke(http, profile.revocation_url, tokens)
            revoked = True
        except StagedoorClientError as failed:
            click.echo(f"The sign-in could not be ended at {profile.base_url}: {failed}.", err=True)
    if session.wants_json:
        echo_json({"profile": profile.name, "revoked": revoked})
    else:
        click.echo(f"Signed out of {profile.base_url}.")
