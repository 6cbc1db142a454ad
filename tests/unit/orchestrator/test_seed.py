"""A new tenant starts with something that works, once."""

from datetime import timedelta

import orjson
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.orchestrator.seed import FOLDER, PROCESS, QUEUE, seed_tenant
from stagedoor.passage import FolderPlace


def seed(desk: Desk) -> bool:
    with desk.write() as session:
        return seed_tenant(session, TENANT.tenant_id, clock=desk.clock, chance=desk.chance, vault=desk.vault)


def shared(desk: Desk) -> FolderPlace:
    folder = desk.call("Folders_Get").content["value"][0]
    assert folder["DisplayName"] == FOLDER
    return FolderPlace(id=folder["Id"], key=folder["Key"], path=FOLDER, lineage=(folder["Key"],))


def test_there_is_a_process_with_its_arguments_and_a_robot_that_is_connected(desk: Desk) -> None:
    assert seed(desk)
    folder = shared(desk)
    release = desk.call("Releases_Get", folder=folder).content["value"][0]
    assert (release["Name"], release["ProcessVersion"]) == (PROCESS, "1.0.0")
    names = [argument["name"] for argument in orjson.loads(release["Arguments"]["Input"])]
    assert names == ["InvoiceNumber", "Amount"]
    query = {"$expand": "Robot"}
    assert desk.call("Sessions_Get", folder=folder, query=query).content["value"][0]["State"] == "Available"
    assert desk.call("Machines_GetRuntimesForFolderByFolderid", folderId=folder.id).content["value"] == [
        {"Type": "Unattended", "Total": 2, "Connected": 2, "Available": 2}
    ]


def test_a_job_started_by_name_runs_to_its_end_with_output(desk: Desk) -> None:
    seed(desk)
    folder = shared(desk)
    start = {"startInfo": {"ReleaseName": PROCESS, "InputArguments": '{"InvoiceNumber": "7"}'}}
    job = desk.call("Jobs_StartJobs", start, folder=folder).content["value"][0]
    desk.clock.advance(timedelta(minutes=1))
    ended = desk.call("Jobs_GetById", key=job["Id"], folder=folder).content
    assert ended["State"] == "Successful"
    assert orjson.loads(ended["OutputArguments"])["Approved"] is True


def test_the_queue_takes_items(desk: Desk) -> None:
    seed(desk)
    folder = shared(desk)
    item = {"itemData": {"Name": QUEUE, "Reference": "7", "SpecificContent": {"Amount": 12.5}}}
    assert desk.call("Queues_AddQueueItem", item, folder=folder).status == 201


def test_there_is_an_asset_of_each_kind_that_scripts_read(desk: Desk) -> None:
    seed(desk)
    assets = {asset["Name"]: asset for asset in desk.call("Assets_Get", folder=shared(desk)).content["value"]}
    assert {asset["ValueType"] for asset in assets.values()} == {"Text", "Integer", "Bool", "Credential"}
    assert assets["ApprovalLimit"]["IntValue"] == 1000
    assert assets["LedgerLogin"]["CredentialUsername"] == "ledger-bot"


def test_it_happens_once_and_never_where_somebody_began(desk: Desk) -> None:
    assert seed(desk)
    assert not seed(desk)
    assert len(desk.call("Folders_Get").content["value"]) == 1
    desk.make_folder("Own", tenant=OTHER_TENANT)
    with desk.write() as session:
        assert not seed_tenant(session, OTHER_TENANT.tenant_id, clock=desk.clock, chance=desk.chance)


def test_two_tenants_are_seeded_alike(desk: Desk) -> None:
    seed(desk)
    with desk.write() as session:
        assert seed_tenant(session, OTHER_TENANT.tenant_id, clock=desk.clock, chance=desk.chance)
    assert [folder["DisplayName"] for folder in desk.call("Folders_Get", tenant=OTHER_TENANT).content["value"]] == [
        FOLDER
    ]
