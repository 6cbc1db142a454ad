"""How the audit looks in the vendor's API."""

from stagedoor.orchestrator.audit_logs.models import AuditLog, AuditLogEntity
from stagedoor.orchestrator.audit_logs.schemas import ACTION, COMPONENT, USER_TYPE
from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, Navigation, Property

AUDIT_LOG_ENTITY = EntityType(
    "AuditLogEntityDto",
    AuditLogEntity,
    (
        Property("AuditLogId", EdmType.INT64, AuditLogEntity.audit_log_id, nullable=False, writable=False),
        Property("CustomData", EdmType.STRING, AuditLogEntity.custom_data, filterable=False, writable=False),
        Property("EntityId", EdmType.INT64, AuditLogEntity.entity_id, writable=False),
        Property("EntityName", EdmType.STRING, AuditLogEntity.entity_name, writable=False),
        Property("Action", ACTION, AuditLogEntity.action, nullable=False, writable=False),
        Property("Id", EdmType.INT64, AuditLogEntity.id, nullable=False, writable=False),
    ),
)

AUDIT_LOG = EntityType(
    "AuditLogDto",
    AuditLog,
    (
        Property("ServiceName", EdmType.STRING, AuditLog.service_name, writable=False),
        Property("MethodName", EdmType.STRING, AuditLog.method_name, writable=False),
        Property("Parameters", EdmType.STRING, AuditLog.parameters, filterable=False, writable=False),
        Property("ExecutionTime", EdmType.DATE_TIME_OFFSET, AuditLog.executed_at, nullable=False, writable=False),
        Property("Action", ACTION, AuditLog.action, nullable=False, writable=False),
        Property("Component", COMPONENT, AuditLog.component, nullable=False, writable=False),
        Property("DisplayName", EdmType.STRING, AuditLog.display_name, writable=False),
        Property("EntityId", EdmType.INT64, AuditLog.entity_id, writable=False),
        Property("OperationText", EdmType.STRING, AuditLog.operation_text, filterable=False, writable=False),
        Property("UserName", EdmType.STRING, AuditLog.user_name, writable=False),
        Property("UserType", USER_TYPE, AuditLog.user_type, nullable=False, writable=False),
        Property("ExternalClientId", EdmType.STRING, AuditLog.external_client_id, writable=False),
        Property("UserId", EdmType.INT64, AuditLog.user_number, writable=False),
        Property("UserIsDeleted", EdmType.BOOLEAN, Constant(value=False), nullable=False, writable=False),
        Property("Id", EdmType.INT64, AuditLog.id, nullable=False, writable=False),
    ),
    navigations=(
        Navigation("Entities", lambda: AUDIT_LOG_ENTITY, AuditLog.id, AuditLogEntity.audit_log_id, collection=True),
    ),
)

AUDIT_LOGS = EntitySet("AuditLogs", AUDIT_LOG, newest_first=True, first_by=(AuditLog.executed_at,))
AUDIT_LOG_ENTITIES = EntitySet("AuditLogEntities", AUDIT_LOG_ENTITY)
"""The details of one row; the vendor has no list of all of them."""
