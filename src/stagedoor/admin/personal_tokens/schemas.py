"""Personal access tokens as the management API shows them; the token itself once, when it is made."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from stagedoor.admin.durations import Duration, read_duration

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

    _end: timedelta | datetime = PrivateAttr()

    @model_validator(mode="after")
    def _ends_once(self) -> "TokenOrder":
        match self.expires_in, self.expires_at:
            case str(duration), None:
                self._end = read_duration(duration)
            case None, datetime() as moment:
                self._end = moment
            case _:
                raise ValueError("give either expires_in or expires_at")
        return self

    def end_for(self, now: datetime) -> datetime:
        """Return when a token ends that is ordered now."""
        return self._end if isinstance(self._end, datetime) else now + self._end
