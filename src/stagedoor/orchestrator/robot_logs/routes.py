"""The vendor's operations on log lines."""

from stagedoor.kit.files import KeptFile
from stagedoor.orchestrator.answers import answer_value
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.exports.csv_rows import rows_of_set
from stagedoor.orchestrator.exports.schemas import ExportKind
from stagedoor.orchestrator.exports.service import start_export, write_export
from stagedoor.orchestrator.fields import get_body
from stagedoor.orchestrator.folder_place import get_folder
from stagedoor.orchestrator.jobs.due import DUE_MOVES
from stagedoor.orchestrator.odata.options import QueryOptions
from stagedoor.orchestrator.odata.page import read_page
from stagedoor.orchestrator.odata.read import options_of, read_set
from stagedoor.orchestrator.registry import Basis, Routes
from stagedoor.orchestrator.robot_logs import service, store
from stagedoor.orchestrator.robot_logs.entities import ROBOT_LOGS
from stagedoor.orchestrator.robot_logs.schemas import read_line, read_lines

EXPORTED = ("TimeStamp", "Level", "ProcessName", "HostMachineName", "RobotName", "JobKey", "Message", "RawMessage")
PLACED = "A line belongs to the folder of the job that it names, else of its robot; one that names neither is refused."

# What a scripted robot would have written by now is there before anybody looks.
routes = Routes(settlement=DUE_MOVES)


@routes.reads("RobotLogs_Get", note="Lines come latest first where no order is asked for.")
def list_lines(call: Call) -> Answer:
    """Answer the folder's lines."""
    return read_set(call, ROBOT_LOGS, [store.in_folder(call.tenant.tenant_id, get_folder(call))])


@routes.reads("RobotLogs_GetTotalCount")
def count_lines(call: Call) -> Answer:
    """Answer how many lines the folder has, of those that ``$filter`` picks."""
    options = QueryOptions(filter=options_of(call, ROBOT_LOGS).filter, top=0, count=True)
    page = read_page(call, ROBOT_LOGS, options, [store.in_folder(call.tenant.tenant_id, get_folder(call))])
    return answer_value(call, "Edm.Int64", page.count or 0)


def _write_lines(call: Call) -> KeptFile:
    where = [store.in_folder(call.tenant.tenant_id, get_folder(call))]
    return write_export(call, rows_of_set(call, ROBOT_LOGS, EXPORTED, where))


@routes.writes(
    "RobotLogs_Export",
    survey=_write_lines,
    basis=Basis.GUESS,
    note="The file has at most 20,000 lines and Stagedoor's columns.",
)
def export_lines(call: Call) -> Answer:
    """Write the lines that the filter picks down as a file."""
    return start_export(call, ExportKind.LOGS)


@routes.writes("Logs_Post", note=PLACED)
def submit_line(call: Call) -> Answer:
    """Take one line from a robot."""
    service.submit_lines(call, [read_line(get_body(call))])
    return Answer()


@routes.writes("Logs_SubmitLogs", note=PLACED)
def submit_lines(call: Call) -> Answer:
    """Take many lines from a robot, all or none."""
    service.submit_lines(call, read_lines(call.body))
    return Answer()
