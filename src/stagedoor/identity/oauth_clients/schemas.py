"""OAuth clients as the rest of the house sees them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from stagedoor.identity.oauth_clients.redirects import redirect_matches


class Dialect(StrEnum):
    """Whose token endpoint a client speaks to."""

    TODAY = "today"
    """``/identity_/connect/token``: rotating refresh tokens, access tokens for one hour."""
    ACCOUNT_2019 = "account_2019"
    """``/oauth/token``: reusable refresh tokens, access tokens for one day."""


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """One secret of a confidential client, as its keyed hash."""

    id: str
    keyed_hash: str
    expires_at: datetime | None
    description: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client as it stands, frozen.

    ``organization_id`` is ``None`` for clients that belong to no organization: the pre-registered ones.
    ``user_scopes`` is ``None`` where any scope may be asked for. ``carries_whole_user`` means that its tokens are
    limited only by scopes of Orchestrator that it names; ``may_administer`` that they open the management API for
    administrators.
    """

    id: str
    name: str
    organization_id: str | None
    is_confidential: bool
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    user_scopes: frozenset[str] | None = frozenset()
    application_scopes: frozenset[str] = frozenset()
    secrets: tuple[ClientSecret, ...] = field(default=(), repr=False)
    is_first_party: bool = False
    dialect: Dialect = Dialect.TODAY
    carries_whole_user: bool = False
    may_administer: bool = False

    @property
    def grant_types(self) -> frozenset[str]:
        """The grants that its scopes give it: user scopes the code, application scopes the client credentials."""
        of_people = {"authorization_code", "refresh_token"} if self.redirect_uris else set()
        of_itself = {"client_credentials"} if self.is_confidential and self.application_scopes else set()
        return frozenset(of_people | of_itself)

    def accepts_redirect(self, uri: str) -> bool:
        """Tell whether a browser may be sent there with a code."""
        return any(redirect_matches(registered, uri) for registered in self.redirect_uris)


@dataclass(frozen=True, slots=True)
class NewApplication:
    """What an administrator asks for when registering an external application."""

    name: str
    is_confidential: bool
    redirect_uris: tuple[str, ...] = ()
    user_scopes: tuple[str, ...] = ()
    application_scopes: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
