"""What a caller sends of a task catalogue."""

from dataclasses import dataclass
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.fields import find_boolean, find_text, get_text
from stagedoor.orchestrator.retention import Setting, read_setting
from stagedoor.orchestrator.tags import find_tags

NAME_LENGTH_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogValues:
    """A catalogue as it was sent; ``None`` where nothing was said."""

    name: str
    description: str | None
    is_encrypted: bool | None
    tags: list[dict[str, Any]] | None
    retention: Setting | None


def read_catalog(body: Body) -> CatalogValues:
    """Read a catalogue; the name has to be there."""
    retention = None
    if body.get("RetentionAction") is not None:
        retention = read_setting(body, action="RetentionAction", period="RetentionPeriod", bucket="RetentionBucketId")
    return CatalogValues(
        name=get_text(body, "Name", length_max=NAME_LENGTH_MAX),
        description=find_text(body, "Description", length_max=512),
        is_encrypted=find_boolean(body, "Encrypted"),
        tags=find_tags(body, "Tags"),
        retention=retention,
    )
