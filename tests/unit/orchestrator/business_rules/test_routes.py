"""Business rules: decision models by name and version; what is no decision model is refused."""

import json
from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.bucket_files import get
from tests.factories.orchestrator import CALLER, OTHER_TENANT, Desk

from stagedoor.orchestrator.errors import AlreadyExists, Conflict, InvalidRequest, NameInUse, NotFound
from stagedoor.passage import FolderPlace, Reach

NAMESPACE = b"https://www.omg.org/spec/DMN/20191111/MODEL/"
DMN = b'<?xml version="1.0"?><definitions xmlns="%b" name="d"><decision/></definitions>' % NAMESPACE
STRANGE = "00000000-0000-4000-8000-000000000099"
Rule = dict[str, Any]


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    return desk.make_folder("Shared")


def form(rule: object, content: bytes | None = DMN, *, as_file: bool = False) -> tuple[bytes, str]:
    described = rule if isinstance(rule, str) else json.dumps(rule)
    name = b'name="businessRule"; filename="rule.json"' if as_file else b'name="businessRule"'
    parts = [b"Content-Disposition: form-data; " + name + b"\r\n\r\n" + described.encode()]
    if content is not None:
        head = b'Content-Disposition: form-data; name="file"; filename="rule.dmn"\r\nContent-Type: text/xml\r\n\r\n'
        parts.append(head + content)
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return body, "multipart/form-data; boundary=edge"


def make(desk: Desk, folder: FolderPlace, name: str = "Discount", content: bytes = DMN, **more: object) -> Rule:
    body, content_type = form({"Name": name, **more}, content)
    answer = desk.call("BusinessRules_Post", body, folder=folder, content_type=content_type)
    assert answer.status == 201
    made: Rule = answer.content
    return made


def change(desk: Desk, folder: FolderPlace, rule: Rule, content: bytes | None = None, **more: object) -> Rule:
    body, content_type = form({"Name": rule["Name"], **more}, content)
    changed: Rule = desk.call(
        "BusinessRules_PutById", body, key=rule["Id"], folder=folder, content_type=content_type
    ).content
    return changed


def address(desk: Desk, folder: FolderPlace, name: str = "Discount", **query: str) -> Rule:
    content: Rule = desk.call("BusinessRules_GetReadUriByName", name=name, folder=folder, query=query).content
    return content


def listed(desk: Desk, folder: FolderPlace) -> list[str]:
    return [row["Name"] for row in desk.call("BusinessRules_Get", folder=folder).content["value"]]


class TestVersions:
    def test_a_rule_is_made_and_its_file_downloaded(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder, Description="By quantity", Tags=[{"Name": "eu"}])
        assert (made["Name"], made["FoldersCount"], made["CreatorUserId"]) == ("Discount", 1, CALLER.number)
        answer = address(desk, folder, "DISCOUNT")
        assert (answer["VersionNumber"], answer["BusinessRuleName"]) == ("1", "Discount")
        assert get(desk, answer["DownloadUri"]) == DMN

    def test_a_further_file_is_a_further_version_and_the_active_one(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder, CurrentVersion={"VersionNumber": "1.0.0"})
        newer = DMN.replace(b'"d"', b'"e"')
        change(desk, folder, made, newer)
        change(desk, folder, made, Description="said later", Tags=[{"Name": "eu"}])
        query = {"$orderby": "VersionNumber", "$select": "VersionNumber,IsActive,BusinessRuleKey"}
        rows = desk.call("BusinessRules_GetVersionListById", id=made["Id"], folder=folder, query=query).content["value"]
        assert [(row["VersionNumber"], row["IsActive"]) for row in rows] == [("1.0.0", False), ("2", True)]
        assert {row["BusinessRuleKey"] for row in rows} == {made["Id"]}
        assert get(desk, address(desk, folder)["DownloadUri"]) == newer
        assert get(desk, address(desk, folder, versionnumber="1.0.0")["DownloadUri"]) == DMN
        query = {"$expand": "CurrentVersion"}
        shown = desk.call("BusinessRules_GetById", key=made["Id"], folder=folder, query=query).content
        assert (shown["CurrentVersion"]["VersionNumber"], shown["Description"]) == ("2", "said later")
        assert shown["Tags"][0]["Name"] == "eu"
        renamed = change(desk, folder, {**made, "Name": "Rebate"})
        assert (renamed["Name"], listed(desk, folder)) == ("Rebate", ["Rebate"])

    def test_a_version_never_changes(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder)
        with pytest.raises(AlreadyExists):
            change(desk, folder, made, DMN, CurrentVersion={"VersionNumber": "1"})
        with pytest.raises(NotFound):
            address(desk, folder, versionnumber="3")

    def test_a_rule_goes_with_its_files(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder)
        change(desk, folder, made, DMN)
        access = address(desk, folder)["DownloadUri"]
        assert desk.call("BusinessRules_DeleteById", key=made["Id"], folder=folder).status == 204
        with pytest.raises(NotFound):
            get(desk, access)
        with desk.database.read() as session:
            assert session.execute(text("SELECT count(*) FROM stored_files")).scalar() == 0


class TestBadInput:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"not xml",
            b"\x00\x01",
            b"<definitions/>",
            b'<definitions xmlns="urn:other"/>',
            b'<model xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
            DMN[:-5],
            DMN + b"<more/>",
            DMN.replace(b"<definitions", b'<!DOCTYPE d [<!ENTITY a "b">]><definitions'),
            DMN.replace(b"<decision/>", b"<a>" * 300 + b"</a>" * 300),
            DMN.replace(b"<decision/>", b"<!--" + b" " * 1024 * 1024 + b"-->"),
        ],
    )
    def test_what_is_no_decision_model_is_refused(self, desk: Desk, folder: FolderPlace, content: bytes) -> None:
        with pytest.raises(InvalidRequest):
            make(desk, folder, content=content)
        assert listed(desk, folder) == []

    @pytest.mark.parametrize(
        "rule", ["", "[]", "{", {}, {"Name": ""}, {"Name": "a" * 101}, {"Name": "a", "Description": "d" * 251}]
    )
    def test_a_bad_description_is_refused(self, desk: Desk, folder: FolderPlace, rule: object) -> None:
        body, content_type = form(rule)
        with pytest.raises(InvalidRequest):
            desk.call("BusinessRules_Post", body, folder=folder, content_type=content_type)

    def test_a_form_without_a_file_or_a_rule_is_refused(self, desk: Desk, folder: FolderPlace) -> None:
        body, content_type = form({"Name": "a"}, None)
        with pytest.raises(InvalidRequest, match="no file"):
            desk.call("BusinessRules_Post", body, folder=folder, content_type=content_type)
        with pytest.raises(InvalidRequest, match="businessRule"):
            desk.call("BusinessRules_Post", DMN, folder=folder, content_type="text/xml")

    def test_fields_that_nobody_asked_for_are_ignored(self, desk: Desk, folder: FolderPlace) -> None:
        body, content_type = form({"Name": "Discount"})
        more = b'--edge\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n'
        assert desk.call("BusinessRules_Post", more + body, folder=folder, content_type=content_type).status == 201

    def test_a_description_may_come_as_a_file(self, desk: Desk, folder: FolderPlace) -> None:
        body, content_type = form({"Name": "Discount"}, as_file=True)
        assert desk.call("BusinessRules_Post", body, folder=folder, content_type=content_type).status == 201

    def test_a_name_is_unique_in_its_folder(self, desk: Desk, folder: FolderPlace) -> None:
        other = make(desk, folder, "Other")
        make(desk, folder)
        with pytest.raises(NameInUse):
            make(desk, folder, "discount")
        other["Name"] = "Discount"
        with pytest.raises(NameInUse):
            change(desk, folder, other)


class TestFolders:
    def test_rules_are_shared_by_key_and_taken_back(self, desk: Desk, folder: FolderPlace) -> None:
        made, other = make(desk, folder), desk.make_folder("Other")
        body: Rule = {"BusinessRuleKeys": [made["Id"]], "ToAddFolderIds": [other.id], "ToRemoveFolderIds": []}
        assert desk.call("BusinessRules_ShareToFolders", body, folder=folder).status == 204
        folders = desk.call("BusinessRules_GetFoldersForBusinessRuleById", id=made["Id"]).content
        assert folders["TotalFoldersCount"] == 2
        across = desk.call("BusinessRules_GetBusinessRulesAcrossFolders", reach=Reach(frozenset({other.key}))).content
        assert [row["Name"] for row in across["value"]] == ["Discount"]
        near = Reach(frozenset({folder.key}))
        with pytest.raises(Conflict):
            desk.call("BusinessRules_DeleteById", key=made["Id"], folder=folder, reach=near)
        body = {"BusinessRuleKeys": [made["Id"]], "ToRemoveFolderIds": [folder.id, other.id]}
        with pytest.raises(Conflict):
            desk.call("BusinessRules_ShareToFolders", body, folder=folder)
        with pytest.raises(NotFound):
            desk.call("BusinessRules_ShareToFolders", body, folder=folder, reach=near)
        with pytest.raises(InvalidRequest):
            desk.call("BusinessRules_ShareToFolders", {"BusinessRuleKeys": ["x"]}, folder=folder)

    def test_what_another_folder_or_tenant_has_is_not_found(self, desk: Desk, folder: FolderPlace) -> None:
        made = make(desk, folder)
        other, far = desk.make_folder("Other"), desk.make_folder("Far", tenant=OTHER_TENANT)
        for how in ({"folder": other}, {"folder": far, "tenant": OTHER_TENANT}):
            for operation in ("BusinessRules_GetById", "BusinessRules_DeleteById"):
                with pytest.raises(NotFound):
                    desk.call(operation, key=made["Id"], **how)
            with pytest.raises(NotFound):
                desk.call("BusinessRules_GetVersionListById", id=made["Id"], **how)
            with pytest.raises(NotFound):
                desk.call("BusinessRules_GetReadUriByName", name="Discount", **how)
        with pytest.raises(NotFound):
            desk.call("BusinessRules_GetFoldersForBusinessRuleById", id=STRANGE)
