"""Personal access tokens as the management API shows them; the token itself once, when it is made."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from stagedoor.admin.durations import Duration

Scope = Annotated[str, Field(min_length=1, max_length=96)]


class TokenItem(BaseModel):
    """One token, without its value."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class IssuedToken(TokenItem):
    """A token with its value: shown now and never again."""

    token: str


class TokenOrder(BaseModel):
    """What a new token is to be. It always ends: give one of the two ways to say when."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=128)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=200)]
    expires_in: Duration | None = None
    expires_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _ends_once(self) -> "TokenOrder":
        if (self.expires_in is None) == (self.expires_at is None):
            raise ValueError("give either expires_in or expires_at")
        return self
