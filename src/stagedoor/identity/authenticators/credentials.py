"""The credential in a request's head, wherever a client can put it.

=============================== ===========================================================
``Authorization: Bearer X``     scheme in any letter case (RFC 9110 section 11.1)
``Authorization: Basic …``      X is the password; the user name is ignored (RFC 7617)
``X-API-Key: X``                for tools that can set a header of a fixed name alone
=============================== ===========================================================

Both headers at once are good if they carry the same value. Anything else that is doubled is refused: a proxy in front
and the server behind must never read two different callers out of one request.
"""

import binascii
import hmac
from base64 import b64decode

from stagedoor.identity.authenticators.errors import NotAuthenticated, TwoCredentials
from stagedoor.kit.secret import Secret

CREDENTIAL_BYTES_MAX = 16 * 1024


def find_credential(raw_headers: tuple[tuple[bytes, bytes], ...]) -> Secret | None:
    """Return the credential that a request carries, or ``None`` when it carries none.

    Header names may come in any letter case. Raises :class:`TwoCredentials` when there are several and
    :class:`NotAuthenticated` when there is one that cannot be read: too long, not plain printable ASCII, or of a
    scheme that opens nothing here.
    """
    authorization: bytes | None = None
    api_key: bytes | None = None
    for name, value in raw_headers:
        length = len(name)
        if length == 13:
            if name.lower() == b"authorization":
                if authorization is not None:
                    raise TwoCredentials(internal="two Authorization headers")
                authorization = value
        elif length == 9 and name.lower() == b"x-api-key":
            if api_key is not None:
                raise TwoCredentials(internal="two X-API-Key headers")
            api_key = value
    if authorization is None and api_key is None:
        return None
    from_authorization = None if authorization is None else _from_authorization(authorization)
    from_api_key = None if api_key is None else _plain_token(api_key.strip(b" \t"))
    if from_authorization is None:
        return None if from_api_key is None else Secret(from_api_key)
    if from_api_key is not None and not hmac.compare_digest(from_api_key, from_authorization):
        raise TwoCredentials(internal="Authorization and X-API-Key differ")
    return Secret(from_authorization)


def _from_authorization(value: bytes) -> str:
    if len(value) > CREDENTIAL_BYTES_MAX:
        raise NotAuthenticated(internal="oversized Authorization header")
    scheme, _, rest = value.strip(b" \t").partition(b" ")
    scheme = scheme.lower()
    if scheme == b"bearer":
        return _plain_token(rest.strip(b" \t"))
    if scheme == b"basic":
        return _password_of_basic(rest.strip(b" \t"))
    raise NotAuthenticated(internal="an Authorization scheme that opens nothing")


def _password_of_basic(encoded: bytes) -> str:
    try:
        decoded = b64decode(encoded, validate=True)
    except binascii.Error as broken:
        raise NotAuthenticated(internal="Basic credentials are not Base64") from broken
    _, colon, password = decoded.partition(b":")
    if not colon:
        raise NotAuthenticated(internal="Basic credentials without a colon")
    return _plain_token(password)


def _plain_token(value: bytes) -> str:
    """Return the value as text if it is what every credential of ours is: printable ASCII without a space."""
    if not value or len(value) > CREDENTIAL_BYTES_MAX or not value.isascii():
        raise NotAuthenticated(internal="an empty, oversized or non-ASCII credential")
    text = value.decode("ascii")
    if not text.isprintable() or " " in text:
        raise NotAuthenticated(internal="a credential with spaces or control characters")
    return text
