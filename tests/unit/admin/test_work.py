import pytest
from tests.factories.management import Management

from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.admin.work import Work
from stagedoor.audit.errors import AuditUnavailable
from stagedoor.audit.event_names import EventName
from stagedoor.kit.changes import Change, record_change
from stagedoor.kit.errors import StoreUnavailable


def work_of(admin: Management) -> Work:
    return Work(admin.world.database, admin.world.feed, admin.audit)


def test_what_was_changed_is_told_before_the_work_ends(admin: Management) -> None:
    heard: list[Change] = []
    admin.world.feed.subscribe(["access_key"], heard.extend)
    with work_of(admin).write() as session:
        record_change(session, "access_key", "k")
    assert heard == [Change("access_key", "k")]


def test_nothing_is_begun_that_could_not_be_recorded(admin: Management, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin.audit, "is_healthy", lambda: False)
    with pytest.raises(AuditUnavailable), work_of(admin).write():
        pytest.fail("the transaction was opened")


def test_a_late_delivery_does_not_turn_a_done_change_into_a_failure(
    admin: Management, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> int:
        raise StoreUnavailable(internal="locked")

    heard: list[Change] = []
    admin.world.feed.subscribe(["access_key"], heard.extend)
    with monkeypatch.context() as locked:
        locked.setattr(admin.world.feed, "catch_up", away)
        with work_of(admin).write() as session:
            record_change(session, "access_key", "k")
    assert heard == []
    admin.world.feed.catch_up()
    assert heard == [Change("access_key", "k")], "it was done, and is delivered with the next change"


class TestTrail:
    @staticmethod
    def note(admin: Management, *, fails: bool) -> None:
        trail = AdministrationTrail(admin.audit, admin.world.directory, admin.world.clock)
        visitor = Visitor(admin.local_administrator(), "r-1", "192.0.2.7")
        with work_of(admin).write() as session:
            trail.note(session, visitor, EventName.ADMIN_USER_CREATED, "User x was made.", tenant="dev")
            if fails:
                raise RuntimeError

    def test_what_is_committed_is_recorded_with_who_and_from_where(self, admin: Management) -> None:
        self.note(admin, fails=False)
        [row] = admin.audit_rows()
        assert (row.event, row.sentence) == ("admin:user:created", "User x was made.")
        assert (row.caller_kind, row.caller_name) == ("local_administrator", "local administrator")
        assert (row.credential_kind, row.client_address) == ("local_authority", "192.0.2.7")
        assert (row.request_id, row.organization, row.tenant) == ("r-1", "acme", "dev")
        assert row.time == admin.world.clock.now()

    def test_what_is_rolled_back_is_not_recorded(self, admin: Management) -> None:
        with pytest.raises(RuntimeError):
            self.note(admin, fails=True)
        assert admin.audit_rows() == []
