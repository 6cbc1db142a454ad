"""What a caller sends of a queue."""

from dataclasses import dataclass
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    INT32_MAX,
    find_boolean,
    find_integer,
    find_objects,
    find_text,
    get_text,
)
from stagedoor.orchestrator.json_schemas import SCHEMA_LENGTH_MAX, verify_schema

RETRIES_MAX = 50
SCHEMA_COLUMNS = {
    "specificdata": "specific_data_json_schema",
    "outputdata": "output_data_json_schema",
    "analyticsdata": "analytics_data_json_schema",
}
"""The columns of the schemas by the vendor's words for them, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueValues:
    """The settings of a queue as they were sent; ``None`` where nothing was said. An empty schema is the end of one."""

    name: str
    description: str | None
    max_number_of_retries: int | None
    accept_automatically_retry: bool | None
    retry_abandoned_items: bool | None
    enforce_unique_reference: bool | None
    sla_in_minutes: int | None
    risk_sla_in_minutes: int | None
    release_id: int | None
    tags: list[dict[str, Any]] | None
    encrypted: bool | None = None
    specific_data_json_schema: str | None = None
    output_data_json_schema: str | None = None
    analytics_data_json_schema: str | None = None


def read_queue(body: Body) -> QueueValues:
    """Read a queue's settings; raises ``InvalidRequest`` naming the field that is wrong."""
    sla = find_integer(body, "SlaInMinutes", most=INT32_MAX)
    risk_sla = find_integer(body, "RiskSlaInMinutes", most=INT32_MAX)
    if sla and risk_sla and risk_sla > sla:
        raise InvalidRequest(
            "The RiskSlaInMinutes field may not exceed SlaInMinutes.", details={"field": "RiskSlaInMinutes"}
        )
    tags = find_objects(body, "Tags")
    return QueueValues(
        name=get_text(body, "Name", length_max=50),
        description=find_text(body, "Description", length_max=250),
        max_number_of_retries=find_integer(body, "MaxNumberOfRetries", most=RETRIES_MAX),
        accept_automatically_retry=find_boolean(body, "AcceptAutomaticallyRetry"),
        retry_abandoned_items=find_boolean(body, "RetryAbandonedItems"),
        enforce_unique_reference=find_boolean(body, "EnforceUniqueReference"),
        sla_in_minutes=sla,
        risk_sla_in_minutes=risk_sla,
        release_id=find_integer(body, "ReleaseId"),
        encrypted=find_boolean(body, "Encrypted"),
        specific_data_json_schema=_find_schema(body, "SpecificDataJsonSchema"),
        output_data_json_schema=_find_schema(body, "OutputDataJsonSchema"),
        analytics_data_json_schema=_find_schema(body, "AnalyticsDataJsonSchema"),
        tags=None if tags is None else [tag.plain() for tag in tags],
    )


def _find_schema(body: Body, name: str) -> str | None:
    written = find_text(body, name, length_max=SCHEMA_LENGTH_MAX)
    if written:
        verify_schema(written, name)
    return written
