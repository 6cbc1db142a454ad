"""Ask a token endpoint, in the way of each kind of connection, and say in plain words what went wrong.

=============  =================================================================================
app            form, ``client_credentials`` (RFC 6749, section 4.4)
person         form, ``refresh_token`` (RFC 6749, section 6); the answer's refresh token replaces the old one
user-key       JSON, ``refresh_token``, to the account host of 2019; the user key goes on being good
password       JSON, to ``/api/account/authenticate``
pat            nothing is asked: the personal access token is sent as it is
=============  =================================================================================
"""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Protocol

import httpx2

from stagedoor.kit.clock import stopwatch
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.schemas import ConnectionKind, SignIn
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.schemas import Granted

STEP_SECONDS_MAX = 10.0
"""For connecting, sending, and each piece of the answer."""
ANSWER_SECONDS_MAX = 20.0
"""For the whole answer, however it trickles: shorter than a lease."""
ANSWER_BYTES_MAX = 65_536
PASSWORD_LIFETIME = timedelta(minutes=30)
UNSTATED_LIFETIME = timedelta(minutes=30)
LIFETIME_MAX = timedelta(days=366)
TOKEN_LENGTH_MAX = 16_384
# Unpacked, a small answer could be a large one: what comes packed all the same is not understood.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}

# RFC 6749, section 5.2. Other words of an upstream are not passed on: they may hold anything.
ERROR_WORDS = {
    "invalid_scope": Diagnosis.INVALID_SCOPE,
    "invalid_client": Diagnosis.INVALID_CLIENT,
    "invalid_grant": Diagnosis.INVALID_GRANT,
    "unauthorized_client": Diagnosis.GRANT_NOT_ALLOWED,
    "unsupported_grant_type": Diagnosis.GRANT_NOT_ALLOWED,
    "invalid_request": Diagnosis.NOT_UNDERSTOOD,
}


class Way(Protocol):
    """How a remote server is reached: a :class:`SignIn`, or what is tried before there is one."""

    @property
    def ca_pem(self) -> str | None: ...
    @property
    def proxy_url(self) -> str | None: ...


ClientMaker = Callable[[Way], httpx2.Client]


def make_client(way: Way) -> httpx2.Client:
    """Return a client that trusts the connection's authorities alone, or the system's where it has none.

    It takes the connection's proxy, and none of the environment. It follows no redirect: what it sends are secrets.
    """
    context = ssl.create_default_context(cadata=way.ca_pem)
    return httpx2.Client(
        verify=context,
        proxy=way.proxy_url,
        timeout=STEP_SECONDS_MAX,
        follow_redirects=False,
        trust_env=False,
    )


def ask_for_token(sign_in: SignIn, *, client_for: ClientMaker = make_client) -> Granted:
    """Ask once for the token of a connection; blocks for at most half a minute, and never asks twice.

    Raises :class:`UpstreamSignInFailed` with the diagnosis.
    """
    if sign_in.kind is ConnectionKind.PAT or sign_in.token_url is None:
        return Granted(sign_in.secret, None, None)
    try:
        with client_for(sign_in) as client:
            answer, body = send_bounded(client, _request(client, sign_in, sign_in.token_url))
    except (httpx2.HTTPError, httpx2.InvalidURL) as failure:
        raise UpstreamSignInFailed(diagnose_failure(failure)) from failure
    return _read_answer(sign_in.kind, answer, body)


def exchange_code(
    sign_in: SignIn, code: Secret, *, code_verifier: Secret, redirect_uri: str, client_for: ClientMaker = make_client
) -> Granted:
    """Ask once for the tokens that a person's code stands for (RFC 6749, section 4.1.3; RFC 7636, section 4.5).

    Of the sign-in only the way, the token address and the client id are used. What comes back has a refresh token.
    Raises :class:`UpstreamSignInFailed` with the diagnosis.
    """
    form = {
        "grant_type": "authorization_code",
        "client_id": sign_in.client_id or "",
        "code": code.reveal(),
        "code_verifier": code_verifier.reveal(),
        "redirect_uri": redirect_uri,
    }
    try:
        with client_for(sign_in) as client:
            request = client.build_request("POST", str(sign_in.token_url), data=form, headers=HEADERS)
            answer, body = send_bounded(client, request)
        granted = _read_answer(ConnectionKind.PERSON, answer, body)
    except (httpx2.HTTPError, httpx2.InvalidURL) as failure:
        raise UpstreamSignInFailed(diagnose_failure(failure)) from failure
    except UpstreamSignInFailed as failure:
        if failure.diagnosis is Diagnosis.INVALID_GRANT:
            raise UpstreamSignInFailed(Diagnosis.CODE_REFUSED, upstream_error=failure.upstream_error) from failure
        raise
    if granted.refresh_token is None:
        raise UpstreamSignInFailed(Diagnosis.NO_REFRESH_TOKEN)
    return granted


def send_bounded(
    client: httpx2.Client, request: httpx2.Request, *, bytes_max: int = ANSWER_BYTES_MAX
) -> tuple[httpx2.Response, bytes]:
    """Send a request and return the head of the answer and its body, bounded in bytes and time.

    Raises :class:`UpstreamSignInFailed` past a bound, and what httpx2 raises.
    """
    answer = client.send(request, stream=True)
    try:
        return answer, _read_bounded(answer, bytes_max)
    finally:
        answer.close()


def _request(client: httpx2.Client, sign_in: SignIn, url: str) -> httpx2.Request:
    headers = HEADERS
    secret = sign_in.secret.reveal()
    match sign_in.kind:
        case ConnectionKind.APP:
            form = {"grant_type": "client_credentials", "client_id": sign_in.client_id or "", "client_secret": secret}
            if sign_in.scope:
                form["scope"] = sign_in.scope
            return client.build_request("POST", url, data=form, headers=headers)
        case ConnectionKind.PERSON:
            form = {"grant_type": "refresh_token", "client_id": sign_in.client_id or "", "refresh_token": secret}
            return client.build_request("POST", url, data=form, headers=headers)
        case ConnectionKind.USER_KEY:
            order = {"grant_type": "refresh_token", "client_id": sign_in.client_id or "", "refresh_token": secret}
            return client.build_request("POST", url, json=order, headers=headers)
        case _:
            login = {"usernameOrEmailAddress": sign_in.username or "", "password": secret}
            if sign_in.tenant:
                login = {"tenancyName": sign_in.tenant, **login}
            return client.build_request("POST", url, json=login, headers=headers)


def _read_bounded(answer: httpx2.Response, bytes_max: int) -> bytes:
    started = stopwatch()
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > bytes_max:
            raise UpstreamSignInFailed(Diagnosis.NOT_UNDERSTOOD)
        if stopwatch() - started > ANSWER_SECONDS_MAX:
            raise UpstreamSignInFailed(Diagnosis.TIMED_OUT)
    return bytes(body)


def _read_answer(kind: ConnectionKind, answer: httpx2.Response, body: bytes) -> Granted:
    is_page = "html" in answer.headers.get("Content-Type", "") or body.lstrip()[:1] == b"<"
    fields = _read_object(body)
    if answer.is_success and not is_page:
        return _read_password_answer(fields) if kind is ConnectionKind.PASSWORD else _read_token_answer(fields)
    word = fields.get("error")
    known = word if isinstance(word, str) and word in ERROR_WORDS else None
    raise UpstreamSignInFailed(_diagnose_answer(kind, answer.status_code, known, is_page=is_page), upstream_error=known)


def _diagnose_answer(kind: ConnectionKind, status: int, error: str | None, *, is_page: bool) -> Diagnosis:
    if error is not None:
        return ERROR_WORDS[error]
    if status in (404, 405):
        return Diagnosis.WRONG_TOKEN_LEVEL
    if 300 <= status < 400:
        return Diagnosis.REDIRECTED
    if status == 429:
        return Diagnosis.THROTTLED
    if status == 407:
        return Diagnosis.PROXY_FAILED
    if status >= 500:
        return Diagnosis.UPSTREAM_FAILING
    if is_page and 200 <= status < 300:
        return Diagnosis.WRONG_IDENTITY_PATH
    if status in (400, 401, 403):
        return Diagnosis.PASSWORD_REFUSED if kind is ConnectionKind.PASSWORD else Diagnosis.INVALID_CLIENT
    return Diagnosis.NOT_UNDERSTOOD


def _read_token_answer(fields: dict[str, object]) -> Granted:
    refresh = fields.get("refresh_token")
    scope = fields.get("scope")
    id_token = fields.get("id_token")
    lifetime = fields.get("expires_in")
    if isinstance(lifetime, str) and lifetime.isdecimal() and len(lifetime) < 10:
        lifetime = int(lifetime)
    if isinstance(lifetime, bool) or not isinstance(lifetime, int | float) or not lifetime > 0:
        stated = UNSTATED_LIFETIME
    else:
        stated = timedelta(seconds=min(float(lifetime), LIFETIME_MAX.total_seconds()))
    return Granted(
        access_token=_read_token(fields.get("access_token")),
        refresh_token=Secret(refresh) if isinstance(refresh, str) and refresh else None,
        lifetime=stated,
        scope=scope if isinstance(scope, str) else None,
        id_token=Secret(id_token) if isinstance(id_token, str) and id_token.isascii() else None,
    )


def _read_password_answer(fields: dict[str, object]) -> Granted:
    # The envelope of old: a refusal may come with 200 and success false.
    if fields.get("success") is False:
        raise UpstreamSignInFailed(Diagnosis.PASSWORD_REFUSED)
    return Granted(_read_token(fields.get("result", fields.get("Result"))), None, PASSWORD_LIFETIME)


def _read_token(value: object) -> Secret:
    # It becomes a header of every request: printable ASCII without a space, or it is no token.
    is_token = isinstance(value, str) and 0 < len(value) <= TOKEN_LENGTH_MAX and value.isascii()
    if not isinstance(value, str) or not is_token or not value.isprintable() or " " in value:
        raise UpstreamSignInFailed(Diagnosis.NOT_UNDERSTOOD)
    return Secret(value)


def _read_object(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def diagnose_failure(failure: Exception) -> Diagnosis:
    """Return why no answer came, from what httpx2 raised."""
    causes = tuple(_causes(failure))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Diagnosis.TLS_FAILED
    if isinstance(failure, httpx2.ProxyError):
        return Diagnosis.PROXY_FAILED
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Diagnosis.NAME_UNKNOWN
    if isinstance(failure, httpx2.TimeoutException):
        return Diagnosis.TIMED_OUT
    if isinstance(failure, httpx2.ConnectError):
        return Diagnosis.CONNECTION_REFUSED
    if isinstance(failure, httpx2.DecodingError | httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return Diagnosis.NOT_UNDERSTOOD
    return Diagnosis.BROKEN_OFF


def _causes(failure: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = failure
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__
