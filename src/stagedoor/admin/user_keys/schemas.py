"""The user key with the names that the scripts of its time ask for beside it."""

from datetime import datetime

from pydantic import BaseModel, Field


class UserKeyItem(BaseModel):
    """A key that is good, without the key."""

    id: str
    created_at: datetime
    last_used_at: datetime | None


class UserKeyFacts(BaseModel):
    """What the old screen showed, but for the key itself."""

    client_id: str
    account_logical_name: str
    tenant_logical_names: list[str]
    keys: list[UserKeyItem]


class IssuedUserKey(UserKeyFacts):
    """The new key: shown now and never again."""

    user_key: str = Field(description="Exchanged at /oauth/token with grant_type refresh_token and the client id.")
