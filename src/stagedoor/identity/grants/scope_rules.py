"""What a client may ask for, by the vendor's rules, with refusals that say which scope and why."""

from authlib.oauth2.rfc6749.errors import InvalidScopeError  # type: ignore[import-untyped]  # Authlib has no types

from stagedoor.identity.oauth_clients.schemas import OAuthClient
from stagedoor.identity.oauth_clients.scopes import (
    OFFLINE_ACCESS,
    OPENID_SCOPES,
    REGISTRABLE_SCOPES,
    SCOPE_LENGTH_MAX,
    SCOPES_AT_ONCE_MAX,
    is_covered,
    split_scope,
)
from stagedoor.identity.wire.answers import plain


def judge_user_scopes(client: OAuthClient, text: str | None) -> tuple[str, ...]:
    """Return the scopes that a client gets on behalf of a person; everything registered when it names none.

    Raises Authlib's ``InvalidScopeError``.
    """
    scopes = _read(text)
    if client.user_scopes is None:
        return scopes or ("openid",)
    if not scopes:
        return tuple(sorted(client.user_scopes)) or ("openid",)
    _refuse_uncovered(scopes, client.user_scopes | OPENID_SCOPES, client.application_scopes, "user")
    return scopes


def judge_application_scopes(client: OAuthClient, text: str | None) -> tuple[str, ...]:
    """Return the scopes that an application gets for itself; everything registered when it names none.

    Raises Authlib's ``InvalidScopeError``.
    """
    scopes = _read(text)
    if not scopes:
        return tuple(sorted(client.application_scopes))
    if OFFLINE_ACCESS in scopes:
        raise InvalidScopeError(
            plain(
                "offline_access asks for a refresh token, and client_credentials gives none: leave offline_access out "
                "and ask for a new access token with the client id and secret whenever one is due."
            )
        )
    _refuse_uncovered(scopes, client.application_scopes, client.user_scopes or frozenset(), "application")
    return scopes


def _read(text: str | None) -> tuple[str, ...]:
    scopes = split_scope(text or "")
    if len(scopes) > SCOPES_AT_ONCE_MAX or any(len(scope) > SCOPE_LENGTH_MAX for scope in scopes):
        raise InvalidScopeError(
            f"At most {SCOPES_AT_ONCE_MAX} scopes of {SCOPE_LENGTH_MAX} characters can be asked for."
        )
    for scope in scopes:
        if plain(scope) != scope:
            raise InvalidScopeError("A scope holds characters that RFC 6749 does not allow in one.")
    return scopes


def _refuse_uncovered(
    scopes: tuple[str, ...], registered: frozenset[str], of_other_kind: frozenset[str], kind: str
) -> None:
    uncovered = [scope for scope in scopes if not is_covered(scope, registered)]
    if not uncovered:
        return
    reasons: list[str] = []
    unknown = [scope for scope in uncovered if scope not in REGISTRABLE_SCOPES | OPENID_SCOPES]
    if unknown:
        reasons.append(f"Unknown: {' '.join(unknown)}.")
    known = [scope for scope in uncovered if scope not in unknown]
    if known:
        reasons.append(f"Not registered as {kind} scopes of this application: {' '.join(known)}.")
    for scope in known:
        halves = [f"{scope}.Read", f"{scope}.Write"]
        if all(half in registered for half in halves):
            reasons.append(f"Ask for {' '.join(halves)} instead of {scope}.")
    if any(is_covered(scope, of_other_kind) for scope in known):
        other = "application scopes (client_credentials)" if kind == "user" else "user scopes (authorization_code)"
        reasons.append(f"They are registered as {other}.")
    if kind == "application" and any(scope in OPENID_SCOPES for scope in known):
        reasons.append("openid, profile and email are about people; client_credentials is about none.")
    raise InvalidScopeError(plain(" ".join(reasons)))
