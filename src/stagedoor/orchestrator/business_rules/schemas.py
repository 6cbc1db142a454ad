"""What a caller sends of a business rule: a form with a JSON text and a file."""

from dataclasses import dataclass
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_text, get_text
from stagedoor.orchestrator.json_body import read_json_body
from stagedoor.orchestrator.tags import find_tags
from stagedoor.orchestrator.uploads import FIELD_BYTES_MAX, Uploads

FIELD = "businessRule"
NAME_LENGTH_MAX = 100
VERSION_LENGTH_MAX = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessRuleValues:
    """A rule as it was sent; ``None`` where nothing was said. ``version`` is what to call the file that came along."""

    name: str
    description: str | None
    version: str | None
    tags: list[dict[str, Any]] | None


def read_rule(uploads: Uploads) -> BusinessRuleValues:
    """Read a rule from its form; raises ``InvalidRequest`` naming the field that is wrong."""
    body = read_json_body(_text_of(uploads), "application/json")
    if not isinstance(body, Body):
        raise InvalidRequest(f"The {FIELD} field must be a JSON object.", details={"field": FIELD})
    current = body.get("CurrentVersion")
    version = find_text(current, "VersionNumber", length_max=VERSION_LENGTH_MAX) if isinstance(current, Body) else None
    return BusinessRuleValues(
        name=get_text(body, "Name", length_max=NAME_LENGTH_MAX),
        description=find_text(body, "Description", length_max=250),
        version=(version or "").strip() or None,
        tags=find_tags(body, "Tags"),
    )


def _text_of(uploads: Uploads) -> bytes:
    for name, text in uploads.fields.items():
        if name.lower() == FIELD.lower():
            return text.encode()
    # Some programs send every part of a form as a file.
    for upload in uploads.files:
        if upload.field_name.lower() == FIELD.lower() and upload.size <= FIELD_BYTES_MAX:
            return upload.content.read()
    raise InvalidRequest(
        f"The {FIELD} field is required.",
        hint="Send multipart/form-data with the JSON of the rule in this field and the DMN file in the field file.",
        details={"field": FIELD},
    )
