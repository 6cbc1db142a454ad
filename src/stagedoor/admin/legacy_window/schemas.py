"""The legacy window as the management API shows it."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator


class LegacyUseItem(BaseModel):
    """How often one user did one thing, from one network with one client."""

    user: str
    network: str
    client: str
    operation: str = Field(description="`login`, or the operation that was called with the token of a login.")
    count: int
    last_used_at: datetime


class LegacyUserItem(BaseModel):
    """Whether one user may log in the old way now."""

    username: str
    eligible: bool
    reason: str | None
    sentence: str | None


class LegacyWindowFacts(BaseModel):
    """The policy, and what became of it."""

    organization: str
    open: bool
    until: datetime | None
    migrated_at: datetime | None
    uses: list[LegacyUseItem]
    users: list[LegacyUserItem]


class LegacyWindowOrder(BaseModel):
    """The policy as it shall be. An open window has an end."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    open: bool
    until: AwareDatetime | None

    @model_validator(mode="after")
    def _has_an_end(self) -> "LegacyWindowOrder":
        if self.open and self.until is None:
            raise ValueError("until must say when an open window ends")
        return self
