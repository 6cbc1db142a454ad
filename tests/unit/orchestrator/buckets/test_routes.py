"""Buckets: made, changed, shared, deleted; and what of their secrets is ever shown."""

import pytest
from sqlalchemy import text
from tests.factories.orchestrator import OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import AlreadyExists, Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.passage import FolderPlace, Reach

KEY = "11111111-1111-4111-8111-111111111111"
OTHER_KEY = "22222222-2222-4222-8222-222222222222"
CANARY = "canary-of-buckets-Qy4"
Bucket = dict[str, object]


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


def make(desk: Desk, folder: FolderPlace, name: str = "Invoices", key: str = KEY, **more: object) -> Bucket:
    answer = desk.call("Buckets_Post", {"Name": name, "Identifier": key, **more}, folder=folder)
    assert answer.status == 201
    made: Bucket = answer.content
    return made


def listed(desk: Desk, folder: FolderPlace, **query: str) -> list[str]:
    return [row["Name"] for row in desk.call("Buckets_Get", folder=folder, query=query).content["value"]]


class TestMaking:
    def test_a_bucket_is_shown_as_the_document_has_it(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder, Description="Paid ones", Options="ReadOnly", Tags=[{"Name": "eu"}])
        del made["@odata.context"]
        assert made == {
            "Name": "Invoices",
            "Description": "Paid ones",
            "Identifier": KEY,
            "StorageProvider": None,
            "StorageParameters": None,
            "StorageContainer": None,
            "Options": "ReadOnly",
            "CredentialStoreId": None,
            "ExternalName": None,
            "Password": None,
            "FoldersCount": 1,
            "Tags": [{"Name": "eu", "DisplayName": None, "Value": None, "DisplayValue": None}],
            "Id": made["Id"],
        }

    def test_a_store_elsewhere_is_written_down_and_its_password_is_never_shown(
        self, desk: Desk, folder: FolderPlace
    ) -> None:
        made = make(desk, folder, StorageProvider="amazon", StorageContainer="b", Password=CANARY)
        assert (made["StorageProvider"], made["Password"]) == ("Amazon", None)
        with desk.database.read() as session:
            rows = session.execute(text("SELECT * FROM buckets")).all()
        assert CANARY not in str(rows)

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"Identifier": KEY}, "Name"),
            ({"Name": "a"}, "Identifier"),
            ({"Name": "a", "Identifier": "x"}, "Identifier"),
            ({"Name": "a" * 129, "Identifier": KEY}, "Name"),
            ({"Name": "a", "Identifier": KEY, "Options": "Everything"}, "Options"),
            ({"Name": "a", "Identifier": KEY, "StorageProvider": "Floppy"}, "StorageProvider"),
            ({"Name": "a", "Identifier": KEY, "Description": "d" * 513}, "Description"),
            ({"Name": "a", "Identifier": KEY, "Tags": [{}]}, "Name"),
        ],
    )
    def test_a_bad_body_names_the_field(
        self, desk: Desk, folder: FolderPlace, body: dict[str, object], field: str
    ) -> None:
        with pytest.raises(InvalidRequest) as refused:
            desk.call("Buckets_Post", body, folder=folder)
        assert refused.value.details == {"field": field}

    def test_a_name_is_unique_in_its_folder_and_an_identifier_in_its_tenant(
        self, desk: Desk, folder: FolderPlace
    ) -> None:
        make(desk, folder)
        with pytest.raises(NameInUse):
            make(desk, folder, "INVOICES", OTHER_KEY)
        other = desk.make_folder("Other")
        with pytest.raises(AlreadyExists):
            make(desk, other)
        make(desk, other, key=OTHER_KEY)


class TestReading:
    def test_a_bucket_is_found_by_name_id_and_identifier(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder)
        make(desk, folder, "Receipts", OTHER_KEY)
        assert listed(desk, folder, **{"$filter": "Name eq 'invoices'"}) == ["Invoices"]
        assert desk.call("Buckets_GetById", key=made["Id"], folder=folder).content["Name"] == "Invoices"
        by_key = desk.call("Buckets_GetByKeyByIdentifier", identifier=OTHER_KEY, folder=folder)
        assert by_key.content["Name"] == "Receipts"

    @pytest.mark.parametrize("operation", ["Buckets_GetById", "Buckets_DeleteById", "Buckets_GetReadUriByKey"])
    def test_what_another_folder_or_tenant_has_is_not_found(
        self, desk: Desk, folder: FolderPlace, operation: str
    ) -> None:
        made = make(desk, folder)
        other = desk.make_folder("Other")
        far = desk.make_folder("Far", tenant=OTHER_TENANT)
        with pytest.raises(NotFound):
            desk.call(operation, key=made["Id"], folder=other, query={"path": "a"})
        with pytest.raises(NotFound):
            desk.call(operation, key=made["Id"], folder=far, tenant=OTHER_TENANT, query={"path": "a"})

    def test_buckets_across_folders_are_those_within_reach(self, desk: Desk, folder: FolderPlace) -> None:
        other = desk.make_folder("Other")
        make(desk, folder)
        make(desk, other, "Receipts", OTHER_KEY)
        reach = Reach(frozenset({other.key}))
        near = desk.call("Buckets_GetBucketsAcrossFolders", reach=reach).content["value"]
        assert [row["Name"] for row in near] == ["Receipts"]
        query = {"excludefolderid": str(other.id)}
        rest = desk.call("Buckets_GetBucketsAcrossFolders", query=query).content["value"]
        assert [row["Name"] for row in rest] == ["Invoices"]


class TestChanging:
    def test_what_was_sent_is_changed_and_the_rest_stays(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder, Description="before", Options="ReadOnly")
        changed = desk.call(
            "Buckets_PutById", {"Name": "Paid", "Identifier": KEY, "Options": "None"}, key=made["Id"], folder=folder
        ).content
        assert (changed["Name"], changed["Description"], changed["Options"]) == ("Paid", "before", "None")
        assert listed(desk, folder) == ["Paid"]

    def test_an_identifier_stays(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder)
        with pytest.raises(InvalidRequest, match="Identifier"):
            desk.call("Buckets_PutById", {"Name": "a", "Identifier": OTHER_KEY}, key=made["Id"], folder=folder)


class TestSharing:
    def test_a_bucket_is_shared_and_taken_back(self, desk: Desk, folder: FolderPlace) -> None:
        made, other = make(desk, folder), desk.make_folder("Other")
        body: dict[str, object] = {"BucketIds": [made["Id"]], "ToAddFolderIds": [other.id], "ToRemoveFolderIds": []}
        assert desk.call("Buckets_ShareToFolders", body, folder=folder).status == 204
        assert listed(desk, other) == ["Invoices"]
        folders = desk.call("Buckets_GetFoldersForBucketById", id=made["Id"]).content
        assert (len(folders["AccessibleFolders"]), folders["TotalFoldersCount"]) == (2, 2)
        body = {"BucketIds": [made["Id"]], "ToAddFolderIds": [], "ToRemoveFolderIds": [folder.id, other.id]}
        with pytest.raises(Conflict, match="every folder"):
            desk.call("Buckets_ShareToFolders", body, folder=folder)
        body["ToRemoveFolderIds"] = [folder.id]
        desk.call("Buckets_ShareToFolders", body, folder=folder)
        assert (listed(desk, folder), listed(desk, other)) == ([], ["Invoices"])

    def test_a_folder_out_of_reach_is_not_found(self, desk: Desk, folder: FolderPlace) -> None:
        made, other = make(desk, folder), desk.make_folder("Other")
        body = {"BucketIds": [made["Id"]], "ToAddFolderIds": [other.id], "ToRemoveFolderIds": []}
        with pytest.raises(NotFound):
            desk.call("Buckets_ShareToFolders", body, folder=folder, reach=Reach(frozenset({folder.key})))
        with pytest.raises(NotFound):
            desk.call("Buckets_GetFoldersForBucketById", id=made["Id"], reach=Reach(frozenset({other.key})))

    def test_a_bucket_that_a_folder_out_of_reach_sees_is_not_deleted(self, desk: Desk, folder: FolderPlace) -> None:
        made, other = make(desk, folder), desk.make_folder("Other")
        body = {"BucketIds": [made["Id"]], "ToAddFolderIds": [other.id], "ToRemoveFolderIds": []}
        desk.call("Buckets_ShareToFolders", body, folder=folder)
        with pytest.raises(Conflict):
            desk.call("Buckets_DeleteById", key=made["Id"], folder=folder, reach=Reach(frozenset({folder.key})))
        assert desk.call("Buckets_DeleteById", key=made["Id"], folder=folder).status == 204
        assert listed(desk, other) == []
