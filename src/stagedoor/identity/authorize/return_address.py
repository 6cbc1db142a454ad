"""Where a browser goes on after signing in: back to an authorize request of this server, and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from stagedoor.identity.oauth_clients.schemas import Dialect

LENGTH_MAX = 16 * 1024
AUTHORIZE_PATHS = {
    "/identity_/connect/authorize": Dialect.TODAY,
    "/authorize": Dialect.ACCOUNT_2019,
}
PATH_OF_DIALECT = {dialect: path for path, dialect in AUTHORIZE_PATHS.items()}


@dataclass(frozen=True, slots=True)
class AuthorizeAddress:
    """An authorize request as an address on this server."""

    dialect: Dialect
    fields: Mapping[str, str]

    @property
    def text(self) -> str:
        """The address, built anew from its parts, so that nothing unread is carried along."""
        return f"{PATH_OF_DIALECT[self.dialect]}?{urlencode(self.fields)}"

    def without(self, *names: str) -> "AuthorizeAddress":
        """Return the same request without some fields."""
        return AuthorizeAddress(self.dialect, {name: self.fields[name] for name in self.fields if name not in names})

    def with_field(self, name: str, value: str) -> "AuthorizeAddress":
        """Return the same request with one field set."""
        return AuthorizeAddress(self.dialect, {**self.fields, name: value})


def read_return_address(text: str | None) -> AuthorizeAddress | None:
    """Return the authorize request that an address leads to, or ``None`` for anything else.

    Only the known paths pass, so an address on another host, in whatever way it is written, never does.
    """
    if not text or len(text) > LENGTH_MAX:
        return None
    path, _, query = text.partition("?")
    dialect = AUTHORIZE_PATHS.get(path)
    if dialect is None:
        return None
    fields = read_query(query)
    return None if fields is None else AuthorizeAddress(dialect, fields)


def read_query(query: str) -> dict[str, str] | None:
    """Return the fields of a query, each once and none empty; ``None`` when one comes twice or it cannot be read."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=64)
    except ValueError:
        return None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        return None
    return {name: value for name, value in fields.items() if value}
