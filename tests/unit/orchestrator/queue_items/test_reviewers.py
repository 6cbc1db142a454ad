"""People who review items."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import insert
from tests.factories.orchestrator import TENANT, Desk
from tests.factories.tasks import AUDITOR
from tests.factories.tenant_people import ADMINISTRATOR

from stagedoor.identity.organizations.models import Organization, Tenant
from stagedoor.identity.users.models import User
from stagedoor.orchestrator.errors import NotFound
from stagedoor.passage import FolderPlace

Json = dict[str, object]


@pytest.fixture
def folder(desk: Desk) -> FolderPlace:
    folder = desk.make_folder("Shared")
    desk.call("QueueDefinitions_Post", {"Name": "Q"}, folder=folder)
    return folder


@pytest.fixture
def reviewer(desk: Desk) -> int:
    return make_person(desk, "ada", 41, is_administrator=True)


def make_person(desk: Desk, name: str, number: int, *, is_administrator: bool) -> int:
    with desk.write() as session:
        if session.get(Organization, TENANT.organization_id) is None:
            session.execute(
                insert(Organization).values(**required(Organization, id=TENANT.organization_id, name="acme"))
            )
            session.execute(
                insert(Tenant).values(
                    **required(Tenant, id=TENANT.tenant_id, organization_id=TENANT.organization_id, name="dev")
                )
            )
        session.execute(
            insert(User).values(
                **required(
                    User,
                    id=f"00000000-0000-4000-8000-0000000000{number}",
                    organization_id=TENANT.organization_id,
                    number=number,
                    username=name,
                    email=f"{name}@acme.test",
                    first_name="Ada",
                    last_name="Byron",
                    is_administrator=is_administrator,
                    is_active=True,
                )
            )
        )
    return number


def required(model: type, **values: object) -> Json:
    filled: Json = dict(values)
    for column in model.__table__.columns:  # type: ignore[attr-defined]  # every model has one
        if column.key not in filled and not column.nullable and column.default is None and not column.primary_key:
            python_type = column.type.python_type if hasattr(column.type, "python_type") else str
            filled[column.key] = (
                datetime(2030, 1, 1, tzinfo=UTC) if "time" in str(column.type).lower() else python_type()
            )
    return filled


def failed(desk: Desk, folder: FolderPlace) -> Json:
    desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Q"}}, folder=folder)
    item = desk.call("Queues_StartTransaction", {"transactionData": {"Name": "Q"}}, folder=folder).content
    result = {"IsSuccessful": False, "ProcessingException": {"Type": "BusinessException"}}
    desk.call("Queues_SetTransactionResultById", {"transactionResult": result}, key=item["Id"], folder=folder)
    return seen(desk, folder, item)


def seen(desk: Desk, folder: FolderPlace, item: Json, **query: str) -> Json:
    return desk.call("QueueItems_GetById", key=item["Id"], folder=folder, query=query).content


def named(*items: Json) -> list[Json]:
    return [{"Id": item["Id"], "RowVersion": item["RowVersion"]} for item in items]


def test_a_failed_item_is_given_to_a_reviewer_and_taken_back(desk: Desk, folder: FolderPlace, reviewer: int) -> None:
    item = failed(desk, folder)
    body = {"userId": reviewer, "queueItems": named(item)}
    answer = desk.call("QueueItems_SetItemReviewer", body, folder=folder).content
    assert (answer["Success"], answer["FailedItems"]) == (True, [])
    shown = seen(desk, folder, item, **{"$expand": "ReviewerUser"})
    assert shown["ReviewerUserId"] == reviewer
    assert shown["ReviewerUser"]["FullName"] == "Ada Byron"
    assert desk.call("QueueItems_UnsetItemReviewer", {"queueItems": named(shown)}, folder=folder).content["Success"]
    assert seen(desk, folder, item)["ReviewerUserId"] is None


def test_items_that_have_not_failed_or_changed_since_have_no_reviewer(
    desk: Desk, folder: FolderPlace, reviewer: int
) -> None:
    new = desk.call("Queues_AddQueueItem", {"itemData": {"Name": "Q", "Priority": "Low"}}, folder=folder).content
    stale = {**failed(desk, folder), "RowVersion": "AAAAAAAAAAA="}
    answer = desk.call(
        "QueueItems_SetItemReviewer", {"userId": reviewer, "queueItems": named(new, stale)}, folder=folder
    ).content
    assert (answer["Success"], sorted(answer["FailedItems"])) == (False, sorted([new["Id"], stale["Id"]]))


def test_somebody_who_may_not_work_here_reviews_nothing(desk: Desk, folder: FolderPlace, reviewer: int) -> None:
    stranger = make_person(desk, "eve", 42, is_administrator=False)
    item = failed(desk, folder)
    for user in (stranger, 99):
        with pytest.raises(NotFound):
            desk.call("QueueItems_SetItemReviewer", {"userId": user, "queueItems": named(item)}, folder=folder)
    found = desk.call("QueueItems_GetReviewers", folder=folder).content["value"]
    assert [person["UserName"] for person in found] == ["ada"]


def test_transactions_make_a_reviewer_and_tasks_do_not(house: Desk) -> None:
    folder = house.make_folder("Shared")
    for number, thing in enumerate(("Transactions", "Tasks"), start=1001):
        permissions = [{"Name": f"{thing}.View"}, {"Name": f"{thing}.Edit"}]
        house.call("Roles_Post", {"Name": thing, "Permissions": permissions}, caller=ADMINISTRATOR)
        assert AUDITOR not in reviewers(house, folder)
        place = {"UserIds": [AUDITOR], "RolesPerFolder": [{"FolderId": folder.id, "RoleIds": [number]}]}
        house.call("Folders_AssignUsers", {"assignments": place}, caller=ADMINISTRATOR)
        assert (AUDITOR in reviewers(house, folder)) is (thing == "Transactions")
        house.call("Roles_DeleteById", key=number, caller=ADMINISTRATOR)


def reviewers(desk: Desk, folder: FolderPlace) -> list[object]:
    return [one["Id"] for one in desk.call("QueueItems_GetReviewers", folder=folder).content["value"]]


def test_a_reviewer_who_is_left_out_is_cleared(desk: Desk, folder: FolderPlace, reviewer: int) -> None:
    item = failed(desk, folder)
    items = [{"Id": item["Id"], "RowVersion": item["RowVersion"]}]
    desk.call("QueueItems_SetItemReviewer", {"userId": reviewer, "queueItems": items}, folder=folder)
    given = seen(desk, folder, item)
    assert given["ReviewerUserId"] == reviewer
    again = [{"Id": item["Id"], "RowVersion": given["RowVersion"]}]
    desk.call("QueueItems_SetItemReviewer", {"queueItems": again}, folder=folder)
    assert seen(desk, folder, item)["ReviewerUserId"] is None
