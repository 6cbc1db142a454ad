"""Operations as the management API shows them."""

from pydantic import BaseModel, Field


class OperationItem(BaseModel):
    """One operation of the vendor's API."""

    id: str
    tag: str
    method: str
    path: str = Field(description="The path behind `/orchestrator_`, with names in braces.")
    scope: str | None = Field(description="The narrow scope that covers it.")
    permissions: str = Field(
        description="The permissions that a person needs, as alternatives; empty if none is named."
    )
    folder: str = Field(description="How it stands to folders: needed, accepted, filtered or none.")
    deprecated: bool
    documented: bool
    words: str = Field(description="What it does, in plain words.")
