"""The vendor's operations on alerts."""

from stagedoor.kit.chance import random_guid
from stagedoor.orchestrator.alerts import store
from stagedoor.orchestrator.alerts.entities import alerts_for
from stagedoor.orchestrator.alerts.schemas import Severity, read_process_alert
from stagedoor.orchestrator.alerts.service import raise_alert
from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.fields import find_guids, get_body, get_object, get_required
from stagedoor.orchestrator.jobs.due import DUE_MOVES
from stagedoor.orchestrator.odata.options import parse_options
from stagedoor.orchestrator.odata.read import read_set
from stagedoor.orchestrator.registry import Basis, Routes

# A job that has faulted by now has raised its alert before anybody looks.
routes = Routes(settlement=DUE_MOVES)


@routes.reads(
    "Alerts_Get",
    basis=Basis.RECORDED,
    note="As the vendor's API guide prints them. Raised by jobs that fault and by RaiseProcessAlert; the latest come "
    "first where no order is asked for.",
)
def list_alerts(call: Call) -> Answer:
    """Answer the alerts that the caller may see."""
    alerts = alerts_for(call.caller.id)
    options = parse_options({"$orderby": "CreationTime desc", **call.query}, alerts, call.clock.now())
    return read_set(call, alerts, [store.within_reach(call.tenant.tenant_id, call.reach)], options=options)


@routes.reads("Alerts_GetUnreadCount")
def count_unread(call: Call) -> Answer:
    """Answer how many alerts the caller has not read."""
    return _show_unread(call)


@routes.writes("Alerts_MarkAsRead", basis=Basis.RECORDED, note="As the vendor's API guide prints it.")
def mark_as_read(call: Call) -> Answer:
    """Note that the caller has read alerts, and answer how many are left; ids that are none are passed over."""
    keys = get_required(find_guids(get_body(call), "ids"), "ids")
    store.mark_as_read(call.session, call.tenant.tenant_id, call.reach, call.caller.id, keys)
    return _show_unread(call)


@routes.writes("Alerts_RaiseProcessAlert", note="Everybody who may see alerts sees it.")
def raise_process_alert(call: Call) -> Answer:
    """Raise an alert of a process about itself."""
    alert = read_process_alert(get_object(get_body(call), "processAlert"))
    raise_alert(
        call.session,
        call.tenant.tenant_id,
        "Process.Alert",
        {"Message": alert.message, "RobotName": alert.robot_name, "ProcessName": alert.process_name},
        key=random_guid(call.chance),
        component="Process",
        severity=Severity(alert.severity),
        at=call.clock.now(),
        folder_id=None if call.folder is None else call.folder.id,
    )
    return Answer()


def _show_unread(call: Call) -> Answer:
    unread = store.count_unread(call.session, call.tenant.tenant_id, call.reach, call.caller.id)
    return answer_value(call, "Edm.Int64", unread)
