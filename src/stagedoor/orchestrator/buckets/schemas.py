"""What a caller sends of a bucket."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    find_enum,
    find_guid,
    find_integer,
    find_text,
    get_required,
    get_text,
)
from stagedoor.orchestrator.tags import find_tags

PROVIDERS = ("FileSystem", "Azure", "Amazon", "Minio", "S3Compatible")
PARAMETERS_LENGTH_MAX = 4096
PASSWORD_LENGTH_MAX = 4096


class BucketOption(IntEnum):
    """How a bucket may be used."""

    NONE = 0
    READ_ONLY = 1
    AUDIT_READ_ACCESS = 2
    ACCESS_DATA_THROUGH_ORCHESTRATOR = 4


BUCKET_OPTIONS = EnumType(
    "BucketOptions",
    {
        "None": BucketOption.NONE,
        "ReadOnly": BucketOption.READ_ONLY,
        "AuditReadAccess": BucketOption.AUDIT_READ_ACCESS,
        "AccessDataThroughOrchestrator": BucketOption.ACCESS_DATA_THROUGH_ORCHESTRATOR,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketValues:
    """The settings of a bucket as they were sent; ``None`` where nothing was said."""

    name: str
    identifier: str
    description: str | None
    options: int | None
    storage_provider: str | None
    storage_parameters: str | None
    storage_container: str | None
    credential_store_id: int | None
    external_name: str | None
    password: Secret | None
    tags: list[dict[str, Any]] | None


def read_bucket(body: Body) -> BucketValues:
    """Read a bucket's settings; raises ``InvalidRequest`` naming the field that is wrong."""
    password = find_text(body, "Password", length_max=PASSWORD_LENGTH_MAX)
    return BucketValues(
        name=get_text(body, "Name", length_max=128),
        identifier=get_required(find_guid(body, "Identifier"), "Identifier"),
        description=find_text(body, "Description", length_max=512),
        options=find_enum(body, "Options", BUCKET_OPTIONS),
        storage_provider=_read_provider(body),
        storage_parameters=find_text(body, "StorageParameters", length_max=PARAMETERS_LENGTH_MAX),
        storage_container=find_text(body, "StorageContainer", length_max=512),
        credential_store_id=find_integer(body, "CredentialStoreId"),
        external_name=find_text(body, "ExternalName", length_max=450),
        password=Secret(password) if password else None,
        tags=find_tags(body, "Tags"),
    )


def _read_provider(body: Body) -> str | None:
    written = find_text(body, "StorageProvider", length_max=32)
    if not written or written.casefold() == "orchestrator":
        return None
    for provider in PROVIDERS:
        if provider.casefold() == written.casefold():
            return provider
    raise InvalidRequest(
        f"The StorageProvider field must be one of {', '.join(PROVIDERS)}, or null.",
        details={"field": "StorageProvider"},
    )
