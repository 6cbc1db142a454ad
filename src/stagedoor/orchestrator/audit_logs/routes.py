"""The vendor's operations on the audit."""

from stagedoor.kit.files import KeptFile
from stagedoor.orchestrator.audit_logs import store
from stagedoor.orchestrator.audit_logs.entities import AUDIT_LOG_ENTITIES, AUDIT_LOGS
from stagedoor.orchestrator.audit_logs.schemas import ORCHESTRATOR, SERVICES, TEST_AUTOMATION
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.exports.csv_rows import rows_of_set
from stagedoor.orchestrator.exports.schemas import ExportKind
from stagedoor.orchestrator.exports.service import start_export, write_export
from stagedoor.orchestrator.fields import get_number_argument
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes

EXPORTED = (
    "ExecutionTime",
    "Component",
    "Action",
    "DisplayName",
    "UserName",
    "UserType",
    "OperationText",
    "MethodName",
)

routes = Routes()


@routes.reads(
    "AuditLogs_Get",
    basis=Basis.GUESS,
    note=(
        "Every operation that changes something has a row, written with the change; what robots do with queue items "
        "and logs has none. Texts and details are Stagedoor's own, and tell of a thing only what tells it from others."
    ),
)
def list_rows(call: Call) -> Answer:
    """Answer what was changed, the latest first."""
    return read_set(call, AUDIT_LOGS, [store.of_service(_service(call.headers.get("x-uipath-auditedservice", "")))])


@routes.reads(
    "AuditLogs_GetAuditLogDetailsByAuditlogid",
    basis=Basis.GUESS,
    note="CustomData holds id, key, name, type and state of the thing and nothing else of it.",
)
def list_details(call: Call) -> Answer:
    """Answer what a change was about, thing by thing."""
    row_id = get_number_argument(call, "auditLogId")
    if not store.has_row(call.session, call.tenant.tenant_id, row_id):
        raise NotFound(f"There is no audit row {row_id}.")
    return read_set(call, AUDIT_LOG_ENTITIES, [store.of_row(row_id)])


def _write_rows(call: Call) -> KeptFile:
    service = _service(call.query.get("auditedservice", ""))
    return write_export(call, rows_of_set(call, AUDIT_LOGS, EXPORTED, [store.of_service(service)]))


@routes.writes(
    "AuditLogs_Export",
    survey=_write_rows,
    basis=Basis.GUESS,
    note="The file has at most 20,000 rows and Stagedoor's columns.",
)
def export_rows(call: Call) -> Answer:
    """Write the rows that the filter picks down as a file."""
    service = _service(call.query.get("auditedservice", ""))
    kind = ExportKind.TEST_AUTOMATION_AUDIT if service == TEST_AUTOMATION else ExportKind.ORCHESTRATOR_AUDIT
    return start_export(call, kind)


def _service(written: str) -> str:
    if not written:
        return ORCHESTRATOR
    known = {service.lower(): service for service in SERVICES}.get(written.strip().lower())
    if known is None:
        raise InvalidRequest(f"The audited service must be one of {', '.join(SERVICES)}.")
    return known
