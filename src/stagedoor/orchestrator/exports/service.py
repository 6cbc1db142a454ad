"""What is done with exports: made at once, shown to whoever asked, and gone after a week."""

from collections.abc import Iterable
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from stagedoor.kit.files import KeptFile
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.duties import Duty, DutyCall
from stagedoor.orchestrator.errors import NotFound
from stagedoor.orchestrator.exports import store
from stagedoor.orchestrator.exports.csv_rows import Row, write_csv
from stagedoor.orchestrator.exports.entities import EXPORTS
from stagedoor.orchestrator.exports.models import Export
from stagedoor.orchestrator.exports.schemas import EXPORT_TYPE, ExportKind, ExportStatus
from stagedoor.orchestrator.odata.options import QueryOptions
from stagedoor.orchestrator.odata.read import read_values
from stagedoor.orchestrator.stored_files import service as stored_files
from stagedoor.passage import Caller

CSV_TYPE = "text/csv; charset=utf-8"
HELD_BYTES_MAX = 1024 * 1024
KEPT_FOR = timedelta(days=7)
DROPPED_AT_ONCE = 200


def owner_of(caller: Caller) -> str:
    """Return whom an export is shown to: its caller.

    What an access key exported may be more than what was narrowed from it may read, so that each has its own.
    """
    return caller.id if caller.narrowing_id is None else caller.credential_name


def write_export(call: Call, rows: Iterable[Row]) -> KeptFile:
    """Write the file of an export and return it, kept but not written down; for an operation's ``survey``.

    ``rows`` are the names of the columns, then the rows; what they refuse is refused, and nothing is left.
    :func:`~stagedoor.orchestrator.exports.csv_rows.rows_of_set` gives those of an OData set.
    """
    with SpooledTemporaryFile(HELD_BYTES_MAX) as spooled:
        content = cast("BinaryIO", spooled)
        write_csv(rows, content)
        content.seek(0)
        return call.files.keep(call.chance.random_bytes(16).hex(), content)


def start_export(call: Call, kind: ExportKind) -> Answer:
    """Make an export of the caller's own of the file that the operation's survey wrote, and answer it, completed."""
    now = call.clock.now()
    file = stored_files.write_down(call, call.uploads.prepared, content_type=CSV_TYPE)
    export = Export(
        tenant_id=call.tenant.tenant_id,
        owner_id=owner_of(call.caller),
        name=f"{EXPORT_TYPE.word(kind)}-{now:%Y%m%d-%H%M%S}.csv",
        type=kind,
        status=ExportStatus.COMPLETED,
        requested_at=now,
        executed_at=now,
        size=file.size,
        file_name=file.name,
    )
    store.add_export(call.session, export)
    # The call's own query options are about what was exported, and not about the export.
    [shown] = read_values(call, EXPORTS, [store.is_own(export.id, owner_of(call.caller))], QueryOptions(count=False))
    return Answer(content={"@odata.context": f"{call.base_url}/odata/$metadata#Exports/$entity", **shown})


def get_export(call: Call, export_id: int) -> Export:
    """Return an export of the caller's own, or raise ``NotFound``."""
    export = store.find_export(call.session, call.tenant.tenant_id, export_id, owner_of(call.caller))
    if export is None:
        raise NotFound(f"There is no export {export_id}.", hint="An export is shown to whoever asked for it.")
    return export


def _drop_old(duty: DutyCall) -> None:
    before = duty.clock.now() - KEPT_FOR
    while True:
        with duty.database.write() as session:
            names = store.take_before(session, before, limit=DROPPED_AT_ONCE)
            stored_files.release(session, *names)
        if len(names) < DROPPED_AT_ONCE:
            return


DROP_OLD_EXPORTS = Duty("drop old exports", every=timedelta(hours=1), carry_out=_drop_old)
