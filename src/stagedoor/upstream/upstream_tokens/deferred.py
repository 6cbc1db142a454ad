"""The way to ask for a token, loaded when the first is asked for: a server that starts does not wait for it."""

from stagedoor.upstream.connections.schemas import SignIn
from stagedoor.upstream.upstream_tokens.schemas import Granted


def ask_when_needed(sign_in: SignIn) -> Granted:
    """Ask for a token; see :func:`stagedoor.upstream.upstream_tokens.token_requests.ask_for_token`."""
    from stagedoor.upstream.upstream_tokens.token_requests import ask_for_token

    return ask_for_token(sign_in)
