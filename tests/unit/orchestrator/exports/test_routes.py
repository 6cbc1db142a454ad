import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event
from tests.factories.orchestrator import CALLER, OTHER_TENANT, TENANT, Desk, desk_in

from stagedoor.kit.files import KeptFile
from stagedoor.orchestrator.app import DUTIES, ROOMS
from stagedoor.orchestrator.call import Answer, Call
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.exports.csv_rows import rows_of_set, write_csv
from stagedoor.orchestrator.exports.schemas import ExportKind
from stagedoor.orchestrator.exports.service import DROP_OLD_EXPORTS, get_export, start_export, write_export
from stagedoor.orchestrator.folders.entities import FOLDERS
from stagedoor.orchestrator.registry import Routes
from stagedoor.passage import CredentialKind

STRANGER = replace(CALLER, id="00000000-0000-4000-8000-0000000000ff")


def exporting_room() -> Routes:
    """A room that exports the tenant's folders, two at most, by an operation that has no folder."""
    room = Routes()

    def write_folders(call: Call) -> KeptFile:
        columns = ("DisplayName", "Description")
        return write_export(call, rows_of_set(call, FOLDERS, columns, rows_max=1000))

    @room.writes("Maintenance_Start", survey=write_folders)
    def export_folders(call: Call) -> Answer:
        return start_export(call, ExportKind.JOBS)

    @room.reads("Maintenance_Get")
    def read_file(call: Call) -> Answer:
        export = get_export(call, int(call.query["id"]))
        with call.files.open(export.file_name) as file:
            return Answer(content=file.read())

    return room


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    others = [room for room in ROOMS if all(not route.operation_id.startswith("Maintenance") for route in room)]
    desk = desk_in(tmp_path, [*others, exporting_room()])
    yield desk
    desk.database.close()


def export(desk: Desk, **query: str) -> dict[str, Any]:
    answer = desk.call("Maintenance_Start", query={f"${name}": value for name, value in query.items()})
    content: dict[str, Any] = answer.content
    return content


def read_csv(desk: Desk, export_id: int) -> list[list[str]]:
    written: bytes = desk.call("Maintenance_Get", query={"id": str(export_id)}).content
    return list(csv.reader(written.decode("utf-8-sig").splitlines()))


def test_an_export_holds_what_the_filter_picks(desk: Desk) -> None:
    for name in ("Invoices", "Orders"):
        desk.make_folder(name)
    made = export(desk, filter="DisplayName eq 'Orders'")
    assert (made["Type"], made["Status"], made["Size"] > 0) == ("Jobs", "Completed", True)
    assert read_csv(desk, made["Id"]) == [["DisplayName", "Description"], ["Orders", ""]]


def test_an_export_is_shown_to_its_owner_alone(desk: Desk) -> None:
    made = export(desk)
    shown = desk.call("Exports_GetById", key=made["Id"]).content
    assert {name: shown[name] for name in ("Id", "Name", "Status")} == {
        name: made[name] for name in ("Id", "Name", "Status")
    }
    with pytest.raises(NotFound):
        desk.call("Exports_GetById", key=made["Id"], caller=STRANGER)
    with pytest.raises(NotFound):
        desk.call("Exports_GetById", key=made["Id"], tenant=OTHER_TENANT)
    with pytest.raises(InvalidRequest):
        desk.call("Exports_GetById", key="five")


def test_what_a_key_exported_is_nothing_for_what_was_narrowed_from_it(desk: Desk) -> None:
    narrowed = replace(CALLER, credential_kind=CredentialKind.NARROWED_KEY, narrowing_id="n1")
    other = replace(narrowed, narrowing_id="n2")
    made = export(desk)
    own = desk.call("Maintenance_Start", caller=narrowed).content
    assert desk.call("Exports_GetById", key=own["Id"], caller=narrowed).content["Name"] == own["Name"]
    for number, who in ((made["Id"], narrowed), (own["Id"], other), (own["Id"], CALLER)):
        for operation in ("Exports_GetById", "Exports_GetDownloadLinkById"):
            with pytest.raises(NotFound):
                desk.call(operation, key=number, caller=who)


def test_more_rows_than_a_file_may_hold_leave_no_export(desk: Desk) -> None:
    for number in range(1001):
        desk.make_folder(f"Folder {number}")
    with pytest.raises(InvalidRequest, match="1000 rows"):
        export(desk)
    with pytest.raises(NotFound):
        desk.call("Exports_GetById", key=1)


def test_the_download_link_leads_its_owner_to_the_file_without_another_credential(desk: Desk) -> None:
    made = export(desk)
    link = desk.call("Exports_GetDownloadLinkById", key=made["Id"]).content
    assert (link["Verb"], link["RequiresAuth"]) == ("GET", False)
    permit = desk.orchestrator.file_traffic.read_permit(link["Uri"].partition("permit=")[2])
    shown = desk.orchestrator.file_traffic.show(permit, TENANT)
    assert shown.size == made["Size"]
    with desk.orchestrator.file_traffic.open(shown) as file:
        assert b"DisplayName" in file.read()
    with pytest.raises(NotFound):
        desk.call("Exports_GetDownloadLinkById", key=made["Id"], caller=STRANGER)
    desk.clock.advance(timedelta(days=8))
    desk.orchestrator.attend_to_duties()
    with pytest.raises(NotFound):
        desk.orchestrator.file_traffic.show(permit, TENANT)


def test_what_a_spreadsheet_would_take_for_a_formula_is_written_as_text() -> None:
    out = BytesIO()
    write_csv([["=1+1", "-5", -5, None, True, {"a": 1}, datetime(2030, 1, 31, tzinfo=UTC)]], out)
    assert list(csv.reader(out.getvalue().decode("utf-8-sig").splitlines())) == [
        ["'=1+1", "'-5", "-5", "", "True", '{"a":1}', "2030-01-31T00:00:00Z"]
    ]


def test_an_export_and_its_file_are_gone_after_a_week(desk: Desk) -> None:
    assert DROP_OLD_EXPORTS in DUTIES
    made = export(desk)
    desk.orchestrator.attend_to_duties()
    assert desk.call("Exports_GetById", key=made["Id"]).status == 200
    desk.clock.advance(timedelta(days=7, seconds=1))
    desk.orchestrator.attend_to_duties()
    with pytest.raises(NotFound):
        desk.call("Exports_GetById", key=made["Id"])


def test_others_write_while_the_rows_of_an_export_are_read(desk: Desk) -> None:
    left = ["Written meanwhile"]

    def write_meanwhile(_: Connection, __: object, statement: str, *___: object) -> None:
        if left and "folders.display_name" in statement:
            desk.make_folder(left.pop())

    event.listen(desk.database.engine, "before_cursor_execute", write_meanwhile)
    export(desk, orderby="DisplayName")
    event.remove(desk.database.engine, "before_cursor_execute", write_meanwhile)
    assert not left
