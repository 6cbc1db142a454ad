"""Keep secrets out of what is written down: the audit log, the server's log, error details.

Redaction is the second line. The first is that nothing puts a header, a body or a :class:`~stagedoor.kit.secret.Secret`
there to begin with; what is left is text that a stranger wrote: a path with a key pasted into it, a query with a
password, an error of a library that quotes its input. Better to hide a word too many than one too few.

Passes in time linear in the text: no pattern here has two ways to read the same run of characters.
"""

import re
from urllib.parse import unquote_plus

MASK = "***"

# Names are compared without case, dashes and underscores. A name that ends with one of these holds a secret …
_SENSITIVE_ENDINGS = (
    "apikey",
    "assertion",
    "authorization",
    "codeverifier",
    "cookie",
    "credential",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "signature",
    "token",
)
# … and so does one that is exactly one of these, where it is the name of a query or form field.
_SENSITIVE_FIELDS = frozenset({"code", "key", "nonce", "pass", "pat", "sessionid", "sid", "sig", "state", "xapikey"})

_NAME_NOISE = str.maketrans("", "", "-_. ")

_SHAPES = re.compile(
    r"sdn(?:_|%5[fF])[0-9A-Za-z_.%=-]{6,}"  # narrowed key
    r"|sd[a-z]?(?:_|%5[fF])[0-9A-Za-z_%]{6,}"  # access key, client secret, refresh token
    r"|sl(?:_|%5[fF])[0-9A-Za-z_.%=-]{20,}"  # token of the old login
    r"|rt(?:_|%5[fF])[0-9A-Za-z]{12,}(?:-[0-9]+)?"  # personal access token
    r"|eyJ[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]*)*"  # JWT, JWS and JWE in compact form
)
_SCHEMES = re.compile(r"(bearer|basic|digest|uirobot|negotiate)((?:[ \t+]|%20)+)([0-9A-Za-z._~+/=%:-]+)", re.IGNORECASE)
# Words that follow the name of a scheme in a plain sentence.
_PLAIN_WORDS = frozenset(
    {
        "access",
        "and",
        "auth",
        "authentication",
        "authorization",
        "credential",
        "credentials",
        "error",
        "header",
        "is",
        "login",
        "or",
        "password",
        "realm",
        "scheme",
        "token",
        "tokens",
        "was",
    }
)
# The end of a name, then its value: "name": "value", name=value, password: value. A quoted value runs to its closing
# quote or to the end of the text.
_NAMED = r"(?:api[_-]?key|assertion|authorization|cookie|credentials?|passphrase|passwd|password|private[_-]?key"
_NAMED += r"|pwd|secret|signature|token|verifier)"
_QUOTED_PAIRS = re.compile(
    rf"({_NAMED}\\?[\"']?\s*[:=]\s*)(\\?\"(?:[^\"\\]|\\.)*\\?\"?|\\?'(?:[^'\\]|\\.)*\\?'?)",
    re.IGNORECASE | re.DOTALL,
)
_BARE_PAIRS = re.compile(rf"({_NAMED}\s*=\s*|(?:password|passwd|pwd|secret)[\"']?\s*:\s*)([^\s&\"',;]+)", re.IGNORECASE)
# One of these is in the lower-case form of every text that any pattern here matches; a test holds them together.
_HINTS: tuple[str, ...] = (
    "sd",
    "sl_",
    "sl%",
    "rt_",
    "rt%",
    "eyj",
    "://",
    "key",
    "auth",
    "secret",
    "token",
    "pass",
    "pwd",
    "credential",
    "cookie",
)
_HINTS += ("assertion", "signature", "verifier", "bearer", "basic", "digest", "uirobot", "negotiate")
_USER_INFO = re.compile(r"(://)[^\s/?#@]+@")


def is_sensitive_name(name: str) -> bool:
    """Tell whether a query or form field of this name, decoded, is taken to hold a secret."""
    plain = name.translate(_NAME_NOISE).lower()
    return plain in _SENSITIVE_FIELDS or plain.endswith(_SENSITIVE_ENDINGS)


def redact(text: str) -> str:
    """Return the text with every secret that can be told by its shape or by its name replaced by ``***``.

    Told by shape: access keys, personal access tokens, JWTs, values after an authentication scheme, a password in a
    URL. Told by name: ``password=``, ``"client_secret": "…"`` and their like. A secret without shape or name cannot
    be found in free text: such text is not to be written down in the first place.
    """
    if not _may_hold_a_secret(text.lower()):
        return text
    text = _SHAPES.sub(MASK, text)
    text = _USER_INFO.sub(rf"\1{MASK}@", text)
    text = _SCHEMES.sub(_hide_credentials, text)
    text = _QUOTED_PAIRS.sub(rf"\1{MASK}", text)
    return _BARE_PAIRS.sub(rf"\1{MASK}", text)


def redact_target(target: str) -> str:
    """Return a request target with the values of sensitive query fields hidden, and the rest redacted as text.

    Names are decoded before they are judged, so that ``pass%77ord=`` hides nothing from this.
    """
    path, mark, query = target.partition("?")
    if mark:
        target = path + mark + "".join(_hide_field(field) for field in re.split("([&;])", query))
    return redact(target)


def _may_hold_a_secret(folded: str) -> bool:
    # Almost no text does; looking for what the patterns start with costs a tenth of trying them.
    for hint in _HINTS:  # noqa: SIM110  # any() takes twice as long, on every row of the log
        if hint in folded:
            return True
    return False


def _hide_field(field: str) -> str:
    name, equals, _ = field.partition("=")
    return f"{name}={MASK}" if equals and is_sensitive_name(unquote_plus(name)) else field


def _hide_credentials(match: re.Match[str]) -> str:
    scheme, gap, value = match.groups()
    if value.rstrip(".,:").lower() in _PLAIN_WORDS:
        return match[0]
    return f"{scheme}{gap}{MASK}"
