"""Tenants and destinations as the management API shows them."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from stagedoor.passage import Destination


class OrganizationRef(BaseModel):
    """An organization, by id and logical name."""

    id: str
    name: str


class TenantItem(BaseModel):
    """One tenant."""

    id: str
    name: str
    display_name: str
    organization: OrganizationRef
    base_url: str = Field(description="What a client is given as its address.")
    destination: Destination


class DestinationFacts(BaseModel):
    """Where a tenant's requests go. The token is never shown."""

    destination: Destination
    remote_base_url: str | None
    has_token: bool
    connection: str | None = Field(description="The name of the connection that the tenant is mapped to.")


def _check_remote(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as wrong:
        raise ValueError("is not an address") from wrong
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError("must begin with https:// or http:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or a password; send the token as `token`")
    if parts.query or parts.fragment or any(letter.isspace() or not letter.isprintable() for letter in address):
        raise ValueError("must be the plain address in front of /odata, without query or fragment")
    return address.rstrip("/")


def _check_token(token: SecretStr) -> SecretStr:
    # It becomes a header of every request to the remote: a line break in it would become headers of its own.
    if not re.fullmatch(r"[!-~]{1,16384}", token.get_secret_value()):
        raise ValueError("must be one word of printable ASCII, as it stands behind Bearer")
    return token


class DestinationOrder(BaseModel):
    """Where a tenant's requests shall go: to a remote Orchestrator, or with null to the embedded one."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    remote_base_url: Annotated[str, Field(max_length=2048), AfterValidator(_check_remote)] | None = Field(
        description="The address in front of /odata, such as https://cloud.uipath.com/acme/prod/orchestrator_."
    )
    token: Annotated[SecretStr, AfterValidator(_check_token)] | None = Field(
        default=None, description="The bearer token for the remote Orchestrator. Written, never shown."
    )

    @model_validator(mode="after")
    def _needs_both(self) -> "DestinationOrder":
        if (self.remote_base_url is None) != (self.token is None):
            raise ValueError("a remote address and its token come together; the embedded Orchestrator takes neither")
        return self
