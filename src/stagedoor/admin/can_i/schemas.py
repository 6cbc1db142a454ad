"""A verdict as the management API shows it."""

from pydantic import BaseModel, Field


class CanI(BaseModel):
    """Whether the caller may do one operation, and why."""

    operation: str
    allowed: bool
    reason: str | None = Field(description="Why not, in one word; null when allowed.")
    rule: str
    sentence: str
    smallest_grant: list[str] = Field(description="What would have to be granted; empty when allowed.")
    folder: str | None = Field(description="The folder that the answer is about.")
