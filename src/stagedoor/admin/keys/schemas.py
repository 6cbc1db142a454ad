"""Access keys as the management API shows them; the key itself is in the answer that makes it, once."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from stagedoor.admin.durations import Duration
from stagedoor.admin.rates import Rate
from stagedoor.identity.api_users.schemas import AccessKeyState

Selector = Annotated[str, Field(min_length=1, max_length=200)]
FolderWord = Annotated[str, Field(min_length=1, max_length=1024)]
NetworkWord = Annotated[str, Field(min_length=1, max_length=64)]
Burst = Annotated[int, Field(ge=1, le=1_000_000)]
DailyQuota = Annotated[int, Field(ge=1, le=1_000_000_000)]
Concurrency = Annotated[int, Field(ge=1, le=10_000)]
Weight = Annotated[int, Field(ge=1, le=100)]


class KeyItem(BaseModel):
    """One access key, without its secret."""

    id: str
    name: str
    organization: str
    tenant: str
    allow: list[str]
    folders: list[str] | None = Field(description="Paths of the folders it is limited to; null for every folder.")
    networks: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    state: AccessKeyState
    previous_secret_valid_until: datetime | None
    previous_secret_last_used_at: datetime | None
    rate: str | None = Field(description="Requests in a second, a minute or an hour; null for no such limit.")
    burst: int | None = Field(description="How many may come at once; null for as many as a second of the rate holds.")
    daily_quota: int | None = Field(description="Requests in a day of UTC; null for no such limit.")
    concurrency: int | None = Field(description="Requests under way at the same moment; null for no such limit.")
    weight: int = Field(description="What it counts where several share what an upstream tenant allows.")


class IssuedKey(KeyItem):
    """A key with what opens the door: shown now and never again."""

    key: str
    warnings: list[str]


class KeyOrder(BaseModel):
    """What a new key is to be.

    A field that is not known is refused rather than ignored: a key whose limit was misspelt would have no limit.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1, max_length=128)]
    tenant: Annotated[str, Field(min_length=1, max_length=256, description="`ORG/TENANT`, a name or an id.")]
    allow: Annotated[list[Selector], Field(min_length=1, max_length=500)]
    folders: Annotated[list[FolderWord], Field(min_length=1, max_length=500)] | None = None
    networks: Annotated[list[NetworkWord], Field(max_length=100)] = []
    expires_in: Duration | None = None
    expires_at: AwareDatetime | None = None
    rate: Rate | None = None
    burst: Burst | None = None
    daily_quota: DailyQuota | None = None
    concurrency: Concurrency | None = None
    weight: Weight = 1

    @model_validator(mode="after")
    def _ends_once(self) -> "KeyOrder":
        if self.expires_in is not None and self.expires_at is not None:
            raise ValueError("give expires_in or expires_at, not both")
        return self

    @model_validator(mode="after")
    def _bursts_of_a_rate(self) -> "KeyOrder":
        if self.burst is not None and self.rate is None:
            raise ValueError("burst says how many requests of a rate may come at once; give the rate too")
        return self


class LimitChange(BaseModel):
    """How much a key may be used from now on: what is left out stays, null lifts a limit.

    A rate that is lifted takes its burst along.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    rate: Rate | None = None
    burst: Burst | None = None
    daily_quota: DailyQuota | None = None
    concurrency: Concurrency | None = None
    weight: Weight | None = None


class RotationOrder(BaseModel):
    """How long the present secret goes on working beside the new one; null ends it at once."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    overlap: Duration | None = "24h"


class NarrowingOrder(BaseModel):
    """What is left of the caller's own key. What is left out stays as the key has it.

    A field that is not known is refused rather than ignored: a limit that was misspelt would be no limit.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    allow: Annotated[list[Selector], Field(min_length=1, max_length=100)] | None = None
    folders: Annotated[list[FolderWord], Field(min_length=1, max_length=100)] | None = None
    networks: Annotated[list[NetworkWord], Field(max_length=100)] = []
    expires_in: Annotated[Duration, Field(description="At most 24h, and never after the key that is narrowed.")] = "1h"


class NarrowedKey(BaseModel):
    """A narrowed key, shown now and kept nowhere, and what it allows."""

    key: str
    access_key_id: str
    narrowing_id: str
    expires_at: datetime | None
    words: list[str]
    operations: list[str]


class KeyPreview(BaseModel):
    """What a key would allow, before it is made."""

    words: list[str]
    operations: list[str]
    warnings: list[str]
