"""What can be done with external applications."""

from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy.orm import Session

from stagedoor.identity.oauth_clients import store
from stagedoor.identity.oauth_clients.errors import ExternalApplicationRefused, ExternalApplicationUnknown
from stagedoor.identity.oauth_clients.models import ApplicationSecret, ExternalApplication
from stagedoor.identity.oauth_clients.redirects import can_be_registered
from stagedoor.identity.oauth_clients.registry import read_client
from stagedoor.identity.oauth_clients.schemas import NewApplication, OAuthClient
from stagedoor.identity.oauth_clients.scopes import DEFAULT_SCOPE, OPENID_SCOPES, REGISTRABLE_SCOPES
from stagedoor.kit.chance import Chance, random_base62, random_guid
from stagedoor.kit.changes import record_change
from stagedoor.kit.clock import Clock
from stagedoor.kit.crypto import Vault
from stagedoor.kit.secret import Secret

SECRET_PREFIX = "sdc_"
"""Lets a scanner tell a client secret from other long words."""
SECRETS_AT_ONCE_MAX = 10


class ExternalApplications:
    """Register external applications, give them secrets, end them. Every method works inside one organization."""

    def __init__(self, vault: Vault, clock: Clock, chance: Chance) -> None:
        self._vault = vault
        self._clock = clock
        self._chance = chance

    def create(self, session: Session, organization_id: str, wanted: NewApplication) -> OAuthClient:
        """Register an application; a confidential one gets its secrets by :meth:`generate_secret`.

        Raises :class:`ExternalApplicationRefused`, which names the field, when a redirect is not safe, a scope is not
        known, or a public application asks for application scopes, which nothing would protect.
        """
        _check(wanted)
        row = ExternalApplication(
            id=random_guid(self._chance),
            organization_id=organization_id,
            name=wanted.name.strip(),
            is_confidential=wanted.is_confidential,
            redirect_uris=list(wanted.redirect_uris),
            post_logout_redirect_uris=list(wanted.post_logout_redirect_uris),
            user_scopes=sorted(set(wanted.user_scopes) - OPENID_SCOPES),
            application_scopes=sorted(set(wanted.application_scopes)),
            created_at=self._clock.now(),
        )
        store.add(session, row)
        record_change(session, "oauth_client", row.id)
        return read_client(session, row)

    def list_applications(self, session: Session, organization_id: str) -> tuple[OAuthClient, ...]:
        """Return the organization's applications by name."""
        return tuple(read_client(session, row) for row in store.applications_of(session, organization_id))

    def get_application(self, session: Session, organization_id: str, client_id: str) -> OAuthClient:
        """Return one application, or raise :class:`ExternalApplicationUnknown`."""
        return read_client(session, self._get(session, organization_id, client_id))

    def generate_secret(
        self,
        session: Session,
        organization_id: str,
        client_id: str,
        *,
        description: str = "",
        expires_at: datetime | None = None,
    ) -> tuple[str, Secret]:
        """Add a secret beside those that exist; returns its id and, this once, the secret itself.

        Raises :class:`ExternalApplicationRefused` for a public application or when it has too many already.
        """
        row = self._get(session, organization_id, client_id)
        if not row.is_confidential:
            raise ExternalApplicationRefused("A public application cannot keep a secret; it proves itself with PKCE.")
        if len(store.secrets_of(session, client_id)) >= SECRETS_AT_ONCE_MAX:
            raise ExternalApplicationRefused(
                f"An application has at most {SECRETS_AT_ONCE_MAX} secrets.", hint="Remove one that is not used."
            )
        secret = Secret(SECRET_PREFIX + random_base62(self._chance, 43))
        secret_row = ApplicationSecret(
            id=random_guid(self._chance),
            application_id=row.id,
            keyed_hash=self._vault.keyed_hash(secret.reveal()),
            description=description[:256],
            created_at=self._clock.now(),
            expires_at=expires_at,
        )
        store.add(session, secret_row)
        record_change(session, "oauth_client", row.id)
        return secret_row.id, secret

    def delete_secret(self, session: Session, organization_id: str, client_id: str, secret_id: str) -> None:
        """End one secret; tokens that it was given for live out their hour."""
        row = self._get(session, organization_id, client_id)
        if all(secret.id != secret_id for secret in store.secrets_of(session, row.id)):
            raise ExternalApplicationUnknown("There is no such secret on this external application.")
        store.delete_secret(session, secret_id)
        record_change(session, "oauth_client", row.id)

    def delete_application(self, session: Session, organization_id: str, client_id: str) -> None:
        """End an application; its tokens end with it."""
        row = self._get(session, organization_id, client_id)
        store.delete_application(session, row.id)
        record_change(session, "oauth_client", row.id)

    def _get(self, session: Session, organization_id: str, client_id: str) -> ExternalApplication:
        row = store.find_application(session, client_id)
        if row is None or row.organization_id != organization_id:
            raise ExternalApplicationUnknown
        return row


def _near(scope: str, known: Iterable[str]) -> str:
    by_letters = {name.lower(): name for name in known}
    near = get_close_matches(scope.lower()[:100], by_letters, n=3, cutoff=0.8)
    if near:
        return f"Did you mean {' or '.join(by_letters[name] for name in near)}?"
    return "Scopes are spelt as in OR.Jobs, OR.Jobs.Read and OR.Jobs.Write; each operation names the one that it needs."


def _check(wanted: NewApplication) -> None:
    if not wanted.name.strip() or len(wanted.name) > 128:
        raise ExternalApplicationRefused("An external application needs a name of 1 to 128 characters.")
    for uri in (*wanted.redirect_uris, *wanted.post_logout_redirect_uris):
        if not can_be_registered(uri):
            raise ExternalApplicationRefused(
                f"The redirect {uri[:200]!r} cannot be registered.",
                hint="Use https, http on localhost or 127.0.0.1, or an application's own scheme with a dot in its "
                "name; without fragment, user or spaces.",
            )
    unknown = sorted((set(wanted.user_scopes) | set(wanted.application_scopes)) - REGISTRABLE_SCOPES - OPENID_SCOPES)
    if unknown:
        raise ExternalApplicationRefused(
            f"Unknown scopes: {' '.join(unknown)[:500]}.", hint=_near(unknown[0], REGISTRABLE_SCOPES)
        )
    if set(wanted.application_scopes) & OPENID_SCOPES:
        raise ExternalApplicationRefused("openid, profile, email and offline_access are about people: user scopes.")
    if DEFAULT_SCOPE in wanted.user_scopes:
        raise ExternalApplicationRefused("OR.Default is an application scope.")
    if wanted.application_scopes and not wanted.is_confidential:
        raise ExternalApplicationRefused("Application scopes need a confidential application.")
    if wanted.user_scopes and not wanted.redirect_uris:
        raise ExternalApplicationRefused("User scopes need a redirect to send people back to.")
    if not wanted.user_scopes and not wanted.application_scopes and not wanted.redirect_uris:
        raise ExternalApplicationRefused("An external application needs at least one scope.")
