import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select
from tests.factories.orchestrator import OTHER_TENANT, TENANT, Desk

from stagedoor.kit.clock import HeldClock
from stagedoor.orchestrator.app import DUTIES
from stagedoor.orchestrator.duties import Duties, DutyCall
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.events import EventSource, announce_from
from stagedoor.orchestrator.outreach import Outcome, Outreach
from stagedoor.orchestrator.webhooks.delivery import DELIVER_EVENTS
from stagedoor.orchestrator.webhooks.models import OutgoingEvent, Webhook, WebhookDelivery
from stagedoor.orchestrator.webhooks.schemas import EventType

SECOND = timedelta(seconds=1)


class Outside(Outreach):
    """The world outside: answers what it is told to, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.statuses: dict[str, int] = {}
        self.received: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.raw: list[bytes] = []
        self.takes = timedelta()
        self.meanwhile: Callable[[], object] = lambda: None
        self.clock: HeldClock | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, verifies: bool = True) -> Outcome:
        self.received.append((url, dict(headers), orjson.loads(body)))
        self.raw.append(body)
        self.meanwhile()
        if self.clock is not None:
            self.clock.advance(self.takes)
        status = self.statuses.get(url, 200)
        return Outcome(status=status) if status else Outcome(problem="No connection could be made.")

    def types(self) -> list[str]:
        return [body["Type"] for _, _, body in self.received]


class Post:
    """The duty, in a process of its own."""

    def __init__(self, desk: Desk) -> None:
        self.outside = Outside()
        self.outside.clock = desk.clock
        call = DutyCall(
            database=desk.database,
            files=desk.files,
            clock=desk.clock,
            chance=desk.chance,
            vault=desk.vault,
            outreach=self.outside,
        )
        self._duties = Duties([DELIVER_EVENTS], call)
        self._desk = desk

    def deliver(self, after: timedelta = SECOND) -> None:
        self._desk.clock.advance(after)
        self._duties.attend()


@pytest.fixture
def post(desk: Desk) -> Post:
    return Post(desk)


def make(desk: Desk, url: str = "http://listener.test/", **fields: Any) -> dict[str, Any]:
    body = {
        "Name": "Listener",
        "Url": url,
        "Enabled": True,
        "SubscribeToAllEvents": True,
        "AllowInsecureSsl": False,
        **fields,
    }
    content: dict[str, Any] = desk.call("Webhooks_Post", body).content
    return content


def happen(desk: Desk, event_type: EventType, **fields: Any) -> None:
    with desk.write() as session:
        source = EventSource(session=session, tenant_id=TENANT.tenant_id, at=desk.clock.now())
        announce_from(source, event_type, lambda: fields)


def waiting(desk: Desk) -> tuple[int, int]:
    with desk.database.read() as session:
        events = session.scalar(select(func.count()).select_from(OutgoingEvent))
        deliveries = session.scalar(select(func.count()).select_from(WebhookDelivery))
        return events or 0, deliveries or 0


def test_a_webhook_is_made_shown_changed_and_deleted(desk: Desk) -> None:
    made = make(desk, Events=[{"EventType": "JOB.created"}], SubscribeToAllEvents=False, Secret="s3cret")
    assert made["Events"] == [{"EventType": "job.created"}]
    assert made["Secret"] is None
    key = made["Id"]
    assert desk.call("Webhooks_GetById", key=key).content["Url"] == "http://listener.test/"
    assert desk.call("Webhooks_PatchById", {"Name": "Other"}, key=key).content["Name"] == "Other"
    whole = {**made, "Enabled": False, "Description": "off"}
    shown = desk.call("Webhooks_PutById", whole, key=key).content
    assert (shown["Name"], shown["Enabled"], shown["Description"]) == ("Listener", False, "off")
    assert [hook["Id"] for hook in desk.call("Webhooks_Get").content["value"]] == [key]
    assert desk.call("Webhooks_DeleteById", key=key).status == 204
    with pytest.raises(NotFound):
        desk.call("Webhooks_GetById", key=key)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("Webhooks_GetById", None),
        ("Webhooks_PatchById", {"Name": "x"}),
        ("Webhooks_DeleteById", None),
        ("Webhooks_PingById", {}),
    ],
)
def test_another_tenants_webhook_looks_like_none(desk: Desk, operation: str, body: Any) -> None:
    key = make(desk)["Id"]
    with pytest.raises(NotFound):
        desk.call(operation, body, key=key, tenant=OTHER_TENANT)
    assert desk.call("Webhooks_Get", tenant=OTHER_TENANT).content["value"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Name", None),
        ("Name", "x" * 129),
        ("Url", "file:///etc/passwd"),
        ("Url", None),
        ("Enabled", None),
        ("SubscribeToAllEvents", "yes"),
        ("Secret", "x" * 101),
        ("Events", [{"EventType": "job.dreamt"}]),
        ("Events", [{"EventType": "ping"}]),
        ("Events", ["job.created"]),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(desk: Desk, field: str, value: Any) -> None:
    with pytest.raises(InvalidRequest):
        make(desk, **{field: value})
    assert desk.call("Webhooks_Get").content["value"] == []


def test_a_webhook_for_no_event_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidRequest, match="Events"):
        make(desk, SubscribeToAllEvents=False, Events=[])


def test_an_event_is_signed_with_the_secret_as_the_vendor_signs(desk: Desk, post: Post) -> None:
    make(desk, Secret="s3cret ä")
    happen(desk, EventType.JOB_CREATED, Jobs=[{"Id": 5}])
    post.deliver()
    [(url, headers, body)] = post.outside.received
    assert url == "http://listener.test/"
    assert (body["Type"], body["Jobs"]) == ("job.created", [{"Id": 5}])
    assert body["Timestamp"] == "2030-01-31T08:00:00Z"
    expected = hmac.new("s3cret ä".encode(), post.outside.raw[0], hashlib.sha256).digest()
    assert base64.b64decode(headers["X-UiPath-Signature"]) == expected
    assert waiting(desk) == (0, 0)


def test_without_a_secret_nothing_is_signed(desk: Desk, post: Post) -> None:
    key = make(desk, Secret="s3cret")["Id"]
    desk.call("Webhooks_PatchById", {"Name": "still signed"}, key=key)
    happen(desk, EventType.JOB_CREATED)
    post.deliver()
    desk.call("Webhooks_PatchById", {"Secret": ""}, key=key)
    happen(desk, EventType.JOB_CREATED)
    post.deliver()
    signed = ["X-UiPath-Signature" in headers for _, headers, _ in post.outside.received]
    assert signed == [True, False]


def test_the_secret_is_not_in_the_store_as_it_is(desk: Desk) -> None:
    make(desk, Secret="s3cret")
    with desk.database.read() as session:
        sealed = session.scalar(select(Webhook.sealed_secret))
    assert sealed is not None
    assert "s3cret" not in sealed


def test_only_those_hear_who_listen(desk: Desk, post: Post) -> None:
    make(desk, "http://all.test/")
    make(desk, "http://jobs.test/", SubscribeToAllEvents=False, Events=[{"EventType": "job.created"}])
    make(desk, "http://off.test/", Enabled=False)
    happen(desk, EventType.JOB_CREATED)
    happen(desk, EventType.QUEUE_CREATED)
    post.deliver()
    heard = sorted((url, body["Type"]) for url, _, body in post.outside.received)
    assert heard == [
        ("http://all.test/", "job.created"),
        ("http://all.test/", "queue.created"),
        ("http://jobs.test/", "job.created"),
    ]
    first, second = (body["EventId"] for url, _, body in post.outside.received if body["Type"] == "job.created")
    assert first == second


def test_where_nobody_listens_an_event_is_not_even_described(desk: Desk) -> None:
    def describe() -> dict[str, Any]:
        raise AssertionError

    with desk.write() as session:
        source = EventSource(session=session, tenant_id=TENANT.tenant_id, at=desk.clock.now())
        announce_from(source, EventType.JOB_CREATED, describe)
    assert waiting(desk) == (0, 0)


def test_an_event_of_a_change_that_failed_is_not_sent(desk: Desk, post: Post) -> None:
    make(desk)
    with pytest.raises(ZeroDivisionError), desk.write() as session:
        source = EventSource(session=session, tenant_id=TENANT.tenant_id, at=desk.clock.now())
        announce_from(source, EventType.JOB_CREATED, dict)
        raise ZeroDivisionError
    post.deliver()
    assert post.outside.received == []


def test_a_failed_delivery_is_tried_again_in_order(desk: Desk, post: Post) -> None:
    make(desk)
    post.outside.statuses["http://listener.test/"] = 503
    happen(desk, EventType.JOB_CREATED)
    happen(desk, EventType.JOB_STARTED)
    post.deliver()
    assert post.outside.types() == ["job.created"]
    post.outside.statuses.clear()
    post.deliver(timedelta(seconds=5))
    assert post.outside.types() == ["job.created"]
    post.deliver(timedelta(seconds=6))
    assert post.outside.types() == ["job.created", "job.created", "job.started"]
    assert waiting(desk) == (0, 0)


def test_a_webhook_that_fails_three_times_pauses_for_an_hour(desk: Desk, post: Post) -> None:
    make(desk)
    post.outside.statuses["http://listener.test/"] = 0
    happen(desk, EventType.JOB_CREATED)
    for after in (SECOND, timedelta(seconds=11), timedelta(seconds=61), timedelta(seconds=61)):
        post.deliver(after)
    assert post.outside.types() == ["job.created"] * 3
    assert waiting(desk) == (0, 0)
    [alert] = desk.call("Alerts_Get").content["value"]
    assert (alert["Component"], alert["Severity"]) == ("Webhooks", "Warn")
    post.outside.statuses.clear()
    happen(desk, EventType.JOB_STARTED)
    post.deliver()
    assert waiting(desk) == (0, 0)
    desk.clock.advance(timedelta(hours=1))
    happen(desk, EventType.JOB_COMPLETED)
    post.deliver()
    assert post.outside.types()[3:] == ["job.completed"]


def test_a_change_ends_the_pause(desk: Desk, post: Post) -> None:
    key = make(desk)["Id"]
    post.outside.statuses["http://listener.test/"] = 500
    happen(desk, EventType.JOB_CREATED)
    for after in (SECOND, timedelta(seconds=11), timedelta(seconds=61)):
        post.deliver(after)
    desk.call("Webhooks_PatchById", {"Url": "http://better.test/"}, key=key)
    happen(desk, EventType.JOB_STARTED)
    post.deliver()
    assert post.outside.received[-1][0] == "http://better.test/"


def test_one_that_fails_keeps_no_other_from_hearing(desk: Desk, post: Post) -> None:
    make(desk, "http://dead.test/")
    make(desk, "http://alive.test/")
    post.outside.statuses["http://dead.test/"] = 0
    for _ in range(100):
        happen(desk, EventType.JOB_CREATED)
    post.deliver()
    heard = [url for url, _, _ in post.outside.received]
    assert heard.count("http://alive.test/") == 100
    assert heard.count("http://dead.test/") == 1


def test_what_another_process_has_in_hand_is_left_to_it_until_it_is_lost(desk: Desk, post: Post) -> None:
    make(desk)
    happen(desk, EventType.JOB_CREATED)
    with desk.write() as session:
        session.execute(
            WebhookDelivery.__table__.update().values(leased_until=desk.clock.now() + timedelta(minutes=10))  # type: ignore[attr-defined]  # a Table at run time
        )
    post.deliver()
    assert post.outside.received == []
    post.deliver(timedelta(minutes=10))
    assert post.outside.types() == ["job.created"]


def test_switching_a_webhook_off_drops_what_it_had_to_hear(desk: Desk, post: Post) -> None:
    key = make(desk)["Id"]
    happen(desk, EventType.JOB_CREATED)
    desk.call("Webhooks_PatchById", {"Enabled": False}, key=key)
    assert waiting(desk) == (0, 0)
    post.deliver()
    assert post.outside.received == []


def test_deleting_a_webhook_drops_what_it_had_to_hear(desk: Desk) -> None:
    key = make(desk)["Id"]
    happen(desk, EventType.JOB_CREATED)
    desk.call("Webhooks_DeleteById", key=key)
    assert waiting(desk) == (0, 0)


def test_a_ping_arrives_whatever_the_webhook_listens_for(desk: Desk, post: Post) -> None:
    made = make(desk, Enabled=False, SubscribeToAllEvents=False, Events=[{"EventType": "custom"}])
    answer = desk.call("Webhooks_PingById", {}, key=made["Id"])
    assert answer.status == 202
    post.deliver()
    [(_, _, body)] = post.outside.received
    assert (body["Type"], body["EntityKey"]) == ("ping", made["Key"])
    assert body["EventId"] == answer.content["EventId"]


def test_a_custom_event_carries_what_was_sent(desk: Desk, post: Post) -> None:
    unheard = desk.call("Webhooks_TriggerCustom", {"a": 1})
    assert (unheard.status, unheard.content["EventData"]) == (202, {"a": 1})
    assert waiting(desk) == (0, 0)
    make(desk, SubscribeToAllEvents=False, Events=[{"EventType": "custom"}])
    answer = desk.call("Webhooks_TriggerCustom", {"Deep": {"b": [1, None]}})
    assert answer.content["EventId"] != unheard.content["EventId"]
    post.deliver()
    assert post.outside.received[0][2]["EventData"] == {"Deep": {"b": [1, None]}}
    with pytest.raises(InvalidRequest):
        desk.call("Webhooks_TriggerCustom", {"a": "x" * 70_000})
    with pytest.raises(InvalidRequest):
        desk.call("Webhooks_TriggerCustom", [1])


def test_the_event_types_are_listed_with_their_groups(desk: Desk) -> None:
    types = {entry["Name"]: entry["Group"] for entry in desk.call("Webhooks_GetEventTypes").content["value"]}
    assert types["queueItem.transactionStarted"] == "queueItem"
    assert "ping" not in types


def test_the_duty_is_one_of_the_houses() -> None:
    assert DELIVER_EVENTS in DUTIES


def test_a_secret_that_cannot_be_opened_sends_nothing_unsigned(desk: Desk, post: Post) -> None:
    key = make(desk, Secret="s3cret")["Id"]
    happen(desk, EventType.JOB_CREATED)
    with desk.write() as session:
        session.get_one(Webhook, key).key = "another key, to which the secret is not bound"[:36]
    post.deliver()
    assert post.outside.received == []
    assert waiting(desk) == (1, 1)


def test_a_listener_that_takes_long_gives_way_after_a_while(desk: Desk, post: Post) -> None:
    make(desk)
    for _ in range(3):
        happen(desk, EventType.JOB_CREATED)
    post.outside.takes = timedelta(seconds=4)
    post.deliver()
    assert len(post.outside.received) == 2
    post.deliver()
    assert len(post.outside.received) == 3
    assert waiting(desk) == (0, 0)


def test_a_webhook_that_was_deleted_while_it_was_sent_to_is_forgotten(desk: Desk, post: Post) -> None:
    key = make(desk)["Id"]
    happen(desk, EventType.JOB_CREATED)
    post.outside.meanwhile = lambda: desk.call("Webhooks_DeleteById", key=key)
    post.deliver()
    assert waiting(desk) == (0, 0)
