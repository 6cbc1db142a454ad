"""Answers of real servers that somebody published, and ours beside them: the same names, and the same kinds of values.

Where from: the vendor's own API guide (the pages of requests for alerts, folders, roles, tenants, transactions, users
and webhooks), its public Postman collection (releases, jobs) and a post in its forum (243590, queue items). Only names,
kinds and the values that say something are kept. A name that the vendor's present document has no more is left out.
"""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.factories.full_desk import FullDesk
from tests.factories.tasks import GRACE
from tests.factories.tenant_people import ADMINISTRATOR

from stagedoor.orchestrator.call import Answer

Kind = type | tuple[type, ...]
NONE = type(None)
TEXT_OR_NULL = (str, NONE)
NUMBER_OR_NULL = (int, NONE)

QUEUE_ITEM: dict[str, Kind] = {
    "QueueDefinitionId": int,
    "OutputData": NONE,
    "AnalyticsData": NONE,
    "Status": str,
    "ReviewStatus": str,
    "ReviewerUserId": NONE,
    "Key": str,
    "Reference": NONE,
    "ProcessingExceptionType": NONE,
    "DueDate": NONE,
    "RiskSlaDate": NONE,
    "Priority": str,
    "DeferDate": NONE,
    "StartProcessing": NONE,
    "EndProcessing": NONE,
    "SecondsInPreviousAttempts": int,
    "AncestorId": NONE,
    "RetryNumber": int,
    "SpecificData": str,
    "CreationTime": str,
    "Progress": NONE,
    "RowVersion": str,
    "OrganizationUnitId": int,
    "OrganizationUnitFullyQualifiedName": TEXT_OR_NULL,
    "Id": int,
    "ProcessingException": NONE,
    "SpecificContent": dict,
    "Output": NONE,
    "Analytics": NONE,
}
JOB: dict[str, Kind] = {
    "Key": str,
    "StartTime": NONE,
    "EndTime": NONE,
    "State": str,
    "JobPriority": str,
    "Source": str,
    "SourceType": str,
    "BatchExecutionKey": str,
    "Info": NONE,
    "CreationTime": str,
    "StartingScheduleId": NONE,
    "ReleaseName": str,
    "Type": str,
    "InputArguments": TEXT_OR_NULL,
    "OutputArguments": NONE,
    "HostMachineName": NONE,
    "HasMediaRecorded": bool,
    "PersistenceId": NONE,
    "ResumeVersion": NONE,
    "StopStrategy": NONE,
    "RuntimeType": str,
    "RequiresUserInteraction": (bool, NONE),
    "ReleaseVersionId": NUMBER_OR_NULL,
    "EntryPointPath": TEXT_OR_NULL,
    "OrganizationUnitId": int,
    "OrganizationUnitFullyQualifiedName": TEXT_OR_NULL,
    "Reference": TEXT_OR_NULL,
    "ProcessType": TEXT_OR_NULL,
    "Id": int,
}
RELEASE: dict[str, Kind] = {
    "Key": str,
    "ProcessKey": str,
    "ProcessVersion": str,
    "IsLatestVersion": bool,
    "IsProcessDeleted": bool,
    "Description": TEXT_OR_NULL,
    "Name": str,
    "EntryPointId": NUMBER_OR_NULL,
    "InputArguments": NONE,
    "ProcessType": str,
    "SupportsMultipleEntryPoints": bool,
    "RequiresUserInteraction": bool,
    "AutoUpdate": bool,
    "FeedId": str,
    "JobPriority": str,
    "CreationTime": str,
    "OrganizationUnitId": int,
    "OrganizationUnitFullyQualifiedName": str,
    "Id": int,
    "Arguments": dict,
    "ProcessSettings": (dict, NONE),
}
ROLE: dict[str, Kind] = {
    "Name": str,
    "DisplayName": str,
    "Groups": NONE,
    "IsStatic": bool,
    "IsEditable": bool,
    "Id": int,
}
ITEM_EVENT: dict[str, Kind] = {
    "QueueItemId": int,
    "Timestamp": str,
    "Action": str,
    "Data": NONE,
    "UserId": int,
    "UserName": str,
    "Status": str,
    "ReviewStatus": str,
    "ReviewerUserId": NONE,
    "ReviewerUserName": NONE,
    "Id": int,
}
WEBHOOK: dict[str, Kind] = {
    "Url": str,
    "Enabled": bool,
    "Secret": TEXT_OR_NULL,
    "SubscribeToAllEvents": bool,
    "AllowInsecureSsl": bool,
    "Id": int,
    "Events": list,
}
TENANT: dict[str, Kind] = {
    "Name": str,
    "AdminEmailAddress": NONE,
    "AdminName": NONE,
    "AdminSurname": NONE,
    "LastLoginTime": TEXT_OR_NULL,
    "IsActive": bool,
    "Id": int,
}
ALERT: dict[str, Kind] = {
    "NotificationName": str,
    "Data": str,
    "Component": str,
    "Severity": str,
    "CreationTime": str,
    "UserNotificationId": str,
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullDesk]:
    full = FullDesk(tmp_path_factory.mktemp("recorded") / "desk")
    yield full
    full.close()


def call(full: FullDesk, operation_id: str, body: Any = None, **arguments: Any) -> Answer:
    full.restore()
    return send(full, operation_id, body, **arguments)


def send(full: FullDesk, operation_id: str, body: Any = None, **arguments: Any) -> Answer:
    return full.desk.call(operation_id, body, caller=ADMINISTRATOR, folder=full.folder, **arguments)


def verify_like(shown: Mapping[str, Any], recorded: Mapping[str, Kind]) -> None:
    """Hold an entity of ours to the names and kinds of a recorded one."""
    missing = recorded.keys() - shown.keys()
    assert not missing
    others = {name: shown[name] for name, kind in recorded.items() if not isinstance(shown[name], kind)}
    assert not others


def test_a_queue_item_that_was_added_is_shown_as_recorded(full: FullDesk) -> None:
    sent = {"Type": "Customer", "Name@odata.type": "#String", "Name": "Some Guy"}
    order = {"itemData": {"Name": "Invoices", "Priority": "Normal", "SpecificContent": sent}}
    answer = call(full, "Queues_AddQueueItem", order)
    shown = answer.content
    assert answer.status == 201
    assert shown["@odata.context"].endswith("/odata/$metadata#QueueItems/$entity")
    verify_like(shown, QUEUE_ITEM)
    assert (shown["Status"], shown["ReviewStatus"], shown["Priority"]) == ("New", "None", "Normal")
    assert (shown["SecondsInPreviousAttempts"], shown["RetryNumber"]) == (0, 0)
    content = {"Type": "Customer", "Name": "Some Guy"}
    assert shown["SpecificContent"] == content
    assert json.loads(shown["SpecificData"]) == {"DynamicProperties": content}
    assert len(b64decode(shown["RowVersion"])) == 8


def test_a_job_that_was_started_is_shown_as_recorded(full: FullDesk) -> None:
    order = {"startInfo": {"ReleaseName": "Reader", "Strategy": "ModernJobsCount", "JobsCount": 1}}
    answer = call(full, "Jobs_StartJobs", order)
    assert answer.status == 201
    assert answer.content["@odata.context"].endswith("/odata/$metadata#Jobs")
    [shown] = answer.content["value"]
    verify_like(shown, JOB)
    words = ("State", "JobPriority", "Source", "SourceType", "Type", "RuntimeType")
    assert [shown[word] for word in words] == ["Pending", "Normal", "Manual", "Manual", "Unattended", "Unattended"]


def test_processes_are_listed_as_recorded(full: FullDesk) -> None:
    listed = call(full, "Releases_Get", query={"$filter": "ProcessKey eq 'Reader'"}).content
    assert listed["@odata.count"] == 1
    verify_like(listed["value"][0], RELEASE)
    shown = listed["value"][0]
    assert (shown["IsLatestVersion"], shown["ProcessType"], shown["JobPriority"]) == (False, "Process", "Normal")


def test_a_role_of_ones_own_is_shown_as_recorded(full: FullDesk) -> None:
    shown = call(full, "Roles_GetById", key=1001).content
    assert shown["@odata.context"].endswith("/odata/$metadata#Roles/$entity")
    verify_like(shown, ROLE)
    assert (shown["DisplayName"], shown["IsStatic"], shown["IsEditable"]) == (shown["Name"], False, True)


def test_the_history_of_an_item_is_told_as_recorded(full: FullDesk) -> None:
    told = call(
        full,
        "QueueItemEvents_GetQueueItemEventsHistoryByQueueitemid",
        queueItemId=1,
        query={"$orderby": "Timestamp", "$top": "10"},
    ).content
    assert told["@odata.context"].endswith("/odata/$metadata#QueueItemEvents")
    assert told["@odata.count"] == len(told["value"]) == 2
    for event in told["value"]:
        verify_like(event, ITEM_EVENT)
    steps = [(event["Action"], event["Status"], event["ReviewStatus"]) for event in told["value"]]
    assert steps == [("Create", "New", "None"), ("Status", "InProgress", "None")]


def test_people_are_put_into_a_folder_and_listed_as_recorded(full: FullDesk) -> None:
    order = {"UserIds": [GRACE], "RolesPerFolder": [{"FolderId": 2, "RoleIds": [4]}]}
    assert call(full, "Folders_AssignUsers", {"assignments": order}).status == 204
    listed = send(
        full,
        "Folders_GetUsersForFolderByKeyAndIncludeinherited",
        key=2,
        includeInherited="true",
        query={"$expand": "UserEntity,Roles"},
    ).content
    assert listed["@odata.context"].endswith("/odata/$metadata#UserRoles")
    assert listed["@odata.count"] == len(listed["value"])
    for one in listed["value"]:
        verify_like(one, {"Id": int, "UserEntity": dict, "Roles": list})
        verify_like(one["UserEntity"], {"UserName": str, "IsInherited": bool, "Id": int})
        for role in one["Roles"]:
            verify_like(role, {"Name": str, "Origin": str, "Id": int})
    [grace] = [one for one in listed["value"] if one["Id"] == GRACE]
    assert grace["UserEntity"]["IsInherited"] is False
    assert ("Automation User", "Assigned", 4) in [(one["Name"], one["Origin"], one["Id"]) for one in grace["Roles"]]


def test_webhooks_are_found_by_address_as_recorded(full: FullDesk) -> None:
    query = {"$filter": "Url eq 'https://example.org/hook'"}
    listed = call(full, "Webhooks_Get", query=query).content
    assert listed["@odata.count"] == 1
    verify_like(listed["value"][0], WEBHOOK)


def test_tenants_that_are_active_are_listed_as_recorded(full: FullDesk) -> None:
    listed = call(full, "Tenants_Get", query={"$filter": "IsActive eq true"}).content
    assert listed["@odata.context"].endswith("/odata/$metadata#Tenants")
    verify_like(listed["value"][0], TENANT)


def test_alerts_are_listed_and_marked_as_read_as_recorded(full: FullDesk) -> None:
    alert = {"Message": "Something is wrong", "Severity": "Fatal", "RobotName": "rob", "ProcessName": "Reader"}
    call(full, "Alerts_RaiseProcessAlert", {"processAlert": alert})
    [shown] = send(full, "Alerts_Get").content["value"]
    verify_like(shown, ALERT)
    assert isinstance(json.loads(shown["Data"]), dict)
    marked = send(full, "Alerts_MarkAsRead", {"ids": [shown["UserNotificationId"]]})
    assert (marked.status, marked.content["value"]) == (200, 0)


def test_users_are_changed_and_deleted_with_the_recorded_statuses(full: FullDesk) -> None:
    assert call(full, "Users_ChangeUserCultureById", {"culture": "ja"}, key=GRACE).status == 200
    assert call(full, "Users_AssignRolesById", {"roleIds": [4, 5]}, key=GRACE).status == 200
    send(full, "Users_AssignRolesById", {"roleIds": [3]}, key=GRACE)
    assert send(full, "Users_GetById", key=GRACE).content["RolesList"] == ["Folder Administrator"]
    assert send(full, "Users_DeleteById", key=GRACE).status == 204
