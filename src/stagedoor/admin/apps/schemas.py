"""External applications as the management API shows them."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stagedoor.admin.pages import PRINTABLE

Uri = Annotated[str, Field(max_length=2048)]
Scope = Annotated[str, Field(min_length=1, max_length=96)]


class SecretItem(BaseModel):
    """A secret of an application; the secret itself was shown once, when it was made."""

    id: str
    description: str
    created_at: datetime
    expires_at: datetime | None


class ApplicationItem(BaseModel):
    """One external application. ``id`` is its client id."""

    id: str
    name: str
    is_confidential: bool
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    user_scopes: list[str]
    application_scopes: list[str]
    grant_types: list[str]
    secrets: list[SecretItem]


class CreatedApplication(ApplicationItem):
    """A new application, with its first secret if it is confidential: shown now and never again."""

    secret: str | None


class ApplicationOrder(BaseModel):
    """What a new application is to be."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=128, pattern=PRINTABLE)]
    is_confidential: bool
    redirect_uris: Annotated[list[Uri], Field(max_length=50)] = []
    post_logout_redirect_uris: Annotated[list[Uri], Field(max_length=50)] = []
    user_scopes: Annotated[list[Scope], Field(max_length=128)] = []
    application_scopes: Annotated[list[Scope], Field(max_length=128)] = []


class SecretOrder(BaseModel):
    """What a further secret is to be."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    description: Annotated[str, Field(max_length=256, pattern=PRINTABLE)] = ""
    expires_at: AwareDatetime | None = None


class CreatedSecret(BaseModel):
    """A further secret: shown now and never again."""

    id: str
    secret: str
