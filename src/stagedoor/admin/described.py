"""What the description of the API (OpenAPI) says of every route: how to prove who one is, and how a refusal looks."""

from typing import Any

from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field


class Problem(BaseModel):
    """A refusal (RFC 9457), with more fields by code."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str = Field(description="The name of the page docs/errors/<code>.md.")
    detail: str
    request_id: str
    hint: str | None = None


BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="credential",
    description="An access key, an OAuth token of this Stagedoor's identity, or a personal access token.",
)
"""Named in the description alone: the door has looked at credentials before anything comes here."""

PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A refusal, with a code, a sentence and what to do.",
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    }
}
