"""The caller as the management API shows it to itself."""

from datetime import datetime

from pydantic import BaseModel, Field

from stagedoor.passage import CallerKind, CredentialKind


class NamedRef(BaseModel):
    """Something, by id and name."""

    id: str
    name: str


class CredentialFacts(BaseModel):
    """The credential at hand. Of a narrowed key ``id`` is that of the access key that it was made of."""

    kind: CredentialKind
    id: str
    narrowing_id: str | None = Field(description="Tells a narrowed key from others of its access key; else null.")
    expires_at: datetime | None


class GrantFacts(BaseModel):
    """What the credential may do."""

    words: list[str]
    operations_count: int
    operations: list[str]
    folders: list[str] | None = Field(description="The folders that it is limited to; null for every folder.")


class WhoAmI(BaseModel):
    """The caller."""

    kind: CallerKind
    id: str
    name: str
    email: str | None
    organization: NamedRef
    tenants: list[NamedRef]
    credential: CredentialFacts
    may_administer: bool
    grant: GrantFacts
