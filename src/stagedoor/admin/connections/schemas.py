"""Connections as the management API shows them, and what is asked of one. No answer ever holds the secret."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from stagedoor.admin.pages import PRINTABLE
from stagedoor.upstream.connections.schemas import ConnectionKind

Address = Annotated[str, Field(min_length=1, max_length=2048, pattern=PRINTABLE)]
Word = Annotated[str, Field(min_length=1, max_length=256, pattern=PRINTABLE)]
ScopeList = Annotated[str, Field(min_length=1, max_length=4096, pattern=PRINTABLE)]
Place = Annotated[
    str, StringConstraints(min_length=1, max_length=257, pattern=r"^[^\x00-\x1f\x7f/]+(/[^\x00-\x1f\x7f/]+)?$")
]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=PRINTABLE)]
CertificateText = Annotated[str, Field(min_length=1, max_length=262_144)]


def _check_text(secret: SecretStr) -> SecretStr:
    # Half a surrogate pair passes as JSON and as a string, and can be neither sealed nor sent.
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("must be text") from None
    return secret


SecretText = Annotated[SecretStr, Field(min_length=1, max_length=16_384), AfterValidator(_check_text)]


class SignInState(StrEnum):
    """How a connection stands. ``failing``: the last attempt failed; the token before it may still be good."""

    NOT_YET = "not_yet"
    SIGNED_IN = "signed_in"
    FAILING = "failing"


class SignInProblem(BaseModel):
    """Why the last sign-in failed."""

    diagnosis: str = Field(description="One word, such as `invalid_scope`.")
    says: str
    hint: str


class SignInFacts(BaseModel):
    """How a connection's sign-in stands; without any token."""

    state: SignInState
    last_renewed_at: datetime | None
    expires_at: datetime | None = Field(description="When the present token ends; null where it does not say.")
    renew_at: datetime | None
    failures: int = Field(description="How often signing in has failed in a row.")
    next_try_at: datetime | None = Field(description="Before this nobody asks again by itself.")
    problem: SignInProblem | None


class ConnectionItem(BaseModel):
    """One connection, without its secret."""

    id: str
    name: str
    kind: ConnectionKind
    url: str = Field(description="The address of the remote Orchestrator, the part in front of /odata.")
    token_url: str | None = Field(description="Where the token is asked for; null for a personal access token.")
    upstream: str | None = Field(description="`ORG/TENANT` there, or the tenant alone; null where neither is known.")
    client_id: str | None
    username: str | None
    scope: str | None
    has_own_authorities: bool = Field(description="Whether it trusts certificate authorities of its own alone.")
    proxy_url: str | None
    tenants: list[str] = Field(description="The tenants here that are mapped to it, as `ORG/TENANT`.")
    created_at: datetime
    created_by: str | None
    sign_in: SignInFacts


class _Credential(BaseModel):
    # Written once for all orders that bring something to sign in with.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    needs_credential: ClassVar[bool] = True

    secret: SecretText | None = Field(
        default=None,
        description="By kind: client secret, refresh token, user key, personal access token or password.",
    )
    code: SecretText | None = Field(
        default=None, description="For kind `person`, in place of `secret`: the code that came back to `redirect_uri`."
    )
    code_verifier: SecretText | None = Field(default=None, description="What `authorize-url` gave with the address.")
    redirect_uri: Address | None = Field(default=None, description="The same that `authorize-url` was asked with.")

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        parts = (self.code, self.code_verifier, self.redirect_uri)
        if any(part is not None for part in parts) and not all(part is not None for part in parts):
            raise ValueError("code, code_verifier and redirect_uri come together")
        given = (self.secret is not None) + (self.code is not None)
        if given > 1 or (not given and self.needs_credential):
            raise ValueError("give a secret, or for kind person a code with its code_verifier and redirect_uri")
        return self


class DiscoveryOrder(_Credential):
    """How a remote Orchestrator might be reached and signed in to.

    A field that is not known is refused rather than ignored: with a misspelt ``ca_pem`` the system's authorities would
    be trusted. Kind ``person`` needs no secret here, and none is used: a refresh token and a code are good once.
    """

    needs_credential = False

    name: Name = "unnamed"
    kind: ConnectionKind
    url: Address = Field(
        description="As copied from the browser's address bar, or the host alone together with `upstream`."
    )
    client_id: Word | None = Field(default=None, description="For the kinds `app`, `person` and `user-key`.")
    username: Word | None = Field(default=None, description="For kind `password`.")
    scope: ScopeList | None = Field(default=None, description="For kind `app`: the scopes, with spaces between.")
    identity_url: Address | None = Field(
        default=None, description="The address of the token endpoint, where the one that follows from `url` is wrong."
    )
    upstream: Place | None = Field(
        default=None, description="`ORG/TENANT` of the remote side, where `url` does not name them; or `TENANT` alone."
    )
    tenant: Place | None = Field(
        default=None, description="`ORG/TENANT` here to map to the connection; made if there is none of this name."
    )
    ca_pem: CertificateText | None = Field(
        default=None, description="Certificates, as PEM, of the only authorities to trust there."
    )
    proxy_url: Address | None = Field(default=None, description="The HTTP proxy on the way.")

    @model_validator(mode="after")
    def _only_people_bring_codes(self) -> Self:
        if self.code is not None and self.kind is not ConnectionKind.PERSON:
            raise ValueError("only kind person signs in with a code")
        return self

    @model_validator(mode="after")
    def _has_what_can_be_tried(self) -> Self:
        if self.secret is None and self.kind is not ConnectionKind.PERSON:
            raise ValueError("give the secret")
        return self


class ConnectionOrder(DiscoveryOrder):
    """How a remote Orchestrator is reached and signed in to."""

    needs_credential = True

    name: Name = Field()


class NewSecretOrder(_Credential):
    """A new secret to sign in with: that of the connection's kind."""


class ConnectionMapping(BaseModel):
    """The connection that a tenant is to be mapped to, by name or id."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    connection: Name


class AuthorizeOrder(BaseModel):
    """What the address for a person's sign-in is made of."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    url: Address
    client_id: Word
    redirect_uri: Address = Field(description="One that is registered on the external application.")
    scope: ScopeList | None = Field(
        default=None, description="User scopes of the application; `openid` and `offline_access` are added."
    )
    identity_url: Address | None = None
    upstream: Place | None = None
    ca_pem: CertificateText | None = None
    proxy_url: Address | None = None


class AuthorizeAddress(BaseModel):
    """Where a person signs in (code + PKCE). Keep state and verifier until the code is back, and compare the state."""

    authorize_url: str
    state: str
    code_verifier: str


class TrialStep(BaseModel):
    """One step of a trial: ``reach``, ``sign_in``, ``orchestrator``, ``folders``, in this order."""

    name: str
    is_ok: bool | None = Field(description="null: not tried, because of what `says` tells.")
    says: str
    hint: str | None


class RefusedOperation(BaseModel):
    """An operation that the remote side will refuse, whatever a key here allows."""

    operation: str
    because: str


class TrialReport(BaseModel):
    """What a trial found.

    ``is_working``: the steps ``reach``, ``sign_in`` and ``orchestrator`` went well. Without ``folders`` requests pass
    as well, but grants that are limited to folders cannot be used. The three counts add up to all operations.
    """

    is_working: bool
    url: str | None = Field(description="The address of the Orchestrator that was tried; null where it is not known.")
    token_url: str | None = Field(description="Where the token was asked for.")
    steps: list[TrialStep]
    organization: str | None
    tenants: list[str] = Field(description="The tenants there, as far as the remote side tells.")
    refused: list[RefusedOperation]
    refused_count: int
    allowed_count: int
    unknown_count: int = Field(description="Operations of which the remote side does not tell whether it refuses them.")
    known_from: list[str] = Field(
        description="What refusals were judged by: `token_scopes`, `permissions`, both or neither."
    )
