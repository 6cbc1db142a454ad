"""Access keys checked in memory."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session
from tests.factories.access_keys import Keys, keys_of
from tests.factories.acme import START, acme

from stagedoor.identity.api_users import store
from stagedoor.identity.api_users.key_form import draw_key
from stagedoor.identity.api_users.key_ring import API_USER_NUMBERS_FROM, KeyRefusal, KeyRing, RefusedKey
from stagedoor.identity.api_users.models import AccessKey
from stagedoor.kit.changes import record_change
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.passage import Allowance, Caller, CallerKind, CredentialKind

HOUR = timedelta(hours=1)
ALLOW = ("Jobs_Get", "Jobs_GetById")


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    with acme(tmp_path) as world:
        yield keys_of(world)


def refusal_of(checked: Caller | RefusedKey) -> KeyRefusal:
    assert isinstance(checked, RefusedKey)
    return checked.refusal


def test_a_right_key_gives_the_caller_with_its_grant(keys: Keys) -> None:
    issued = keys.make(folder_keys=("f1",), networks=("10.1.2.3/8",), expires_at=START + HOUR)
    caller = keys.ring.check(issued.key.reveal(), START)
    assert isinstance(caller, Caller)
    assert caller.kind is CallerKind.API_USER
    assert caller.credential_kind is CredentialKind.ACCESS_KEY
    assert caller.credential_id == issued.facts.id
    assert caller.id == issued.facts.api_user_id
    assert caller.name == "nightly"
    assert caller.tenant_ids == frozenset({keys.world.dev.id})
    assert caller.terms.allowances == (Allowance(("Jobs_Get",), ("f1",), keys.world.dev.id),)
    assert caller.terms.networks == ("10.0.0.0/8",)
    assert caller.terms.not_after == START + HOUR
    assert caller.number > API_USER_NUMBERS_FROM
    assert not caller.may_administer


def test_the_caller_of_a_key_is_built_once(keys: Keys) -> None:
    written = keys.make().key.reveal()
    assert keys.ring.check(written, START) is keys.ring.check(written, START)


class TestStillOpening:
    def test_a_key_that_has_not_changed_opens_and_its_use_is_noted(self, keys: Keys) -> None:
        issued = keys.make(expires_at=START + HOUR)
        caller = keys.ring.check(issued.key.reveal(), START)
        assert isinstance(caller, Caller)
        keys.ring.flush_last_used()
        assert keys.ring.still_opens(caller, START)
        assert keys.ring.flush_last_used() == 1

    def test_one_that_has_expired_does_not(self, keys: Keys) -> None:
        caller = keys.ring.check(keys.make(expires_at=START + HOUR).key.reveal(), START)
        assert isinstance(caller, Caller)
        assert not keys.ring.still_opens(caller, START + HOUR)
        assert keys.ring.flush_last_used() == 1, "the check's own use"

    @pytest.mark.parametrize("end", ["revoke", "rotate", "delete"])
    def test_one_that_was_changed_does_not_whatever_the_change(self, keys: Keys, end: str) -> None:
        issued = keys.make()
        caller = keys.ring.check(issued.key.reveal(), START)
        assert isinstance(caller, Caller)
        if end == "rotate":
            rotate(keys, issued.facts.id, HOUR)
        with keys.world.database.write() as session:
            if end == "revoke":
                keys.service.revoke_key(session, keys.world.organization.id, issued.facts.id, revoked_by="ada")
            if end == "delete":
                session.execute(delete(AccessKey).where(AccessKey.id == issued.facts.id))
                record_change(session, "access_key", issued.facts.id)
        keys.world.feed.catch_up()
        assert not keys.ring.still_opens(caller, START)

    def test_nor_does_the_caller_of_now_while_a_replaced_secret_may_be_the_one_that_was_shown(self, keys: Keys) -> None:
        issued = keys.make()
        rotate(keys, issued.facts.id, HOUR)
        caller = keys.ring.check(issued.key.reveal(), START)
        assert isinstance(caller, Caller), "in the overlap"
        assert not keys.ring.still_opens(caller, START)


def test_keys_that_allow_the_same_share_what_they_allow(keys: Keys) -> None:
    one, other, third = (keys.make(name, allow=allow) for name, allow in (("a", ALLOW), ("b", ALLOW), ("c", ("all",))))
    held = [keys.ring.check(issued.key.reveal(), START) for issued in (one, other, third)]
    shared = [caller.terms.allowances for caller in held if isinstance(caller, Caller)]
    assert shared[0] is shared[1]
    assert shared[0] != shared[2]


def test_what_only_keys_of_the_past_allowed_is_forgotten(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stagedoor.identity.api_users.key_ring.ALLOWANCES_KEPT_MIN", 0)
    for number in range(9):
        issued = keys.make(f"key {number}", allow=(f"tag:T{number}",))
        with keys.world.database.write() as session:
            session.execute(delete(AccessKey).where(AccessKey.id == issued.facts.id))
            record_change(session, "access_key", issued.facts.id)
        keys.world.feed.catch_up()
    assert len(keys.ring) == 0
    assert len(keys.ring._allowances) <= 1


def test_a_ring_that_starts_later_knows_the_keys_of_before(keys: Keys) -> None:
    issued = keys.make()
    later = KeyRing(keys.world.database, keys.world.vault)
    later.load()
    assert len(later) == 1
    assert isinstance(later.check(issued.key.reveal(), START), Caller)


def test_a_key_of_the_right_form_that_nobody_made_is_an_unknown_id(keys: Keys) -> None:
    stranger = draw_key(keys.world.chance).key.reveal()
    assert keys.ring.check(stranger, START) == RefusedKey(KeyRefusal.UNKNOWN_ID)


def test_a_mistyped_secret_fails_the_checksum(keys: Keys) -> None:
    issued = keys.make()
    written = issued.key.reveal()
    slipped = written[:20] + ("x" if written[20] != "x" else "y") + written[21:]
    assert keys.ring.check(slipped, START) == RefusedKey(KeyRefusal.FAILED_CHECKSUM, issued.facts.id)


def test_a_mistyped_id_fails_the_checksum_and_is_not_named(keys: Keys) -> None:
    written = keys.make().key.reveal()
    slipped = written[:5] + ("x" if written[5] != "x" else "y") + written[6:]
    assert keys.ring.check(slipped, START) == RefusedKey(KeyRefusal.FAILED_CHECKSUM)


def test_another_secret_for_a_known_id_is_a_wrong_secret(keys: Keys) -> None:
    issued = keys.make()
    forged = draw_key(keys.world.chance, issued.facts.id).key.reveal()
    assert keys.ring.check(forged, START) == RefusedKey(KeyRefusal.WRONG_SECRET, issued.facts.id)


@pytest.mark.parametrize("written", ["", "sd_", "sd_abc", "sd_" + "a" * 60, "sd_" + "a" * 100_000, "sd_äöü"])
def test_what_has_not_the_form_of_a_key_is_malformed(keys: Keys, written: str) -> None:
    assert refusal_of(keys.ring.check(written, START)) is KeyRefusal.MALFORMED


def test_a_key_opens_until_the_moment_it_expires(keys: Keys) -> None:
    written = keys.make(expires_at=START + HOUR).key.reveal()
    assert isinstance(keys.ring.check(written, START + HOUR - timedelta(seconds=1)), Caller)
    assert refusal_of(keys.ring.check(written, START + HOUR)) is KeyRefusal.EXPIRED


def test_a_revoked_key_is_refused_as_soon_as_the_feed_caught_up(keys: Keys) -> None:
    issued = keys.make()
    with keys.world.database.write() as session:
        keys.service.revoke_key(session, keys.world.organization.id, issued.facts.id, revoked_by="ada")
    keys.world.feed.catch_up()
    assert refusal_of(keys.ring.check(issued.key.reveal(), START)) is KeyRefusal.REVOKED


def test_a_wrong_secret_for_a_revoked_key_does_not_learn_that_it_is_revoked(keys: Keys) -> None:
    issued = keys.make()
    with keys.world.database.write() as session:
        keys.service.revoke_key(session, keys.world.organization.id, issued.facts.id, revoked_by="ada")
    keys.world.feed.catch_up()
    forged = draw_key(keys.world.chance, issued.facts.id).key.reveal()
    assert refusal_of(keys.ring.check(forged, START)) is KeyRefusal.WRONG_SECRET


def rotate(keys: Keys, key_id: str, overlap: timedelta | None) -> str:
    with keys.world.database.write() as session:
        rotated = keys.service.rotate_key(session, keys.world.organization.id, key_id, overlap=overlap)
    keys.world.feed.catch_up()
    return rotated.key.reveal()


def test_both_secrets_open_during_the_overlap_and_only_the_new_one_after(keys: Keys) -> None:
    issued = keys.make()
    new = rotate(keys, issued.facts.id, HOUR)
    old = issued.key.reveal()
    assert isinstance(keys.ring.check(old, START + HOUR - timedelta(seconds=1)), Caller)
    assert isinstance(keys.ring.check(new, START), Caller)
    assert refusal_of(keys.ring.check(old, START + HOUR)) is KeyRefusal.REPLACED
    assert isinstance(keys.ring.check(new, START + HOUR), Caller)


@pytest.mark.parametrize("overlap", [None, timedelta(0)])
def test_a_rotation_without_overlap_ends_the_old_secret_at_once(keys: Keys, overlap: timedelta | None) -> None:
    issued = keys.make()
    rotate(keys, issued.facts.id, overlap)
    assert refusal_of(keys.ring.check(issued.key.reveal(), START)) is KeyRefusal.REPLACED


def test_revocation_ends_both_secrets(keys: Keys) -> None:
    issued = keys.make()
    new = rotate(keys, issued.facts.id, HOUR)
    with keys.world.database.write() as session:
        keys.service.revoke_key(session, keys.world.organization.id, issued.facts.id, revoked_by="ada")
    keys.world.feed.catch_up()
    assert refusal_of(keys.ring.check(issued.key.reveal(), START)) is KeyRefusal.REVOKED
    assert refusal_of(keys.ring.check(new, START)) is KeyRefusal.REVOKED


def test_a_second_rotation_ends_the_first_secret_even_within_its_overlap(keys: Keys) -> None:
    issued = keys.make()
    second = rotate(keys, issued.facts.id, HOUR)
    rotate(keys, issued.facts.id, HOUR)
    assert refusal_of(keys.ring.check(issued.key.reveal(), START)) is KeyRefusal.WRONG_SECRET
    assert isinstance(keys.ring.check(second, START), Caller)


def test_last_use_is_written_in_one_batch(keys: Keys) -> None:
    issued, unused = keys.make("used"), keys.make("unused")
    for minute in range(3):
        keys.ring.check(issued.key.reveal(), START + timedelta(minutes=minute))
    assert keys.ring.flush_last_used() == 1
    assert keys.ring.flush_last_used() == 0
    with keys.world.database.read() as session:
        organization_id = keys.world.organization.id
        used = keys.service.get_key(session, organization_id, issued.facts.id)
        assert used.last_used_at == START + timedelta(minutes=2)
        assert keys.service.get_key(session, organization_id, unused.facts.id).last_used_at is None


def test_a_refused_key_is_not_noted_as_used(keys: Keys) -> None:
    written = keys.make(expires_at=START + HOUR).key.reveal()
    keys.ring.check(written, START + HOUR)
    assert keys.ring.flush_last_used() == 0


def test_the_last_use_of_the_previous_secret_is_kept_apart(keys: Keys) -> None:
    issued = keys.make()
    new = rotate(keys, issued.facts.id, HOUR)
    late, later = START + timedelta(minutes=1), START + timedelta(minutes=2)
    keys.ring.check(new, late)
    keys.ring.check(issued.key.reveal(), later)
    assert keys.ring.flush_last_used() == 1
    with keys.world.database.read() as session:
        facts = keys.service.get_key(session, keys.world.organization.id, issued.facts.id)
    assert facts.previous_secret_last_used_at == later
    assert facts.last_used_at == later
    keys.ring.check(new, later + timedelta(minutes=1))
    keys.ring.flush_last_used()
    with keys.world.database.read() as session:
        facts = keys.service.get_key(session, keys.world.organization.id, issued.facts.id)
    assert facts.previous_secret_last_used_at == later
    assert facts.last_used_at == later + timedelta(minutes=1)


def test_a_locked_store_loses_no_note_of_a_use(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = keys.make()
    keys.ring.check(issued.key.reveal(), START)
    with monkeypatch.context() as patched:

        def refuse() -> None:
            raise StoreUnavailable(internal="locked")

        patched.setattr(keys.world.database, "write", refuse)
        with pytest.raises(StoreUnavailable):
            keys.ring.flush_last_used()
    assert keys.ring.flush_last_used() == 1


def test_neither_the_ring_nor_the_store_holds_the_key_itself(keys: Keys) -> None:
    issued = keys.make()
    secret = issued.key.reveal()[14:]
    assert secret not in repr(vars(keys.ring))
    assert secret not in repr(issued)
    stored = b"".join(file.read_bytes() for file in Path(str(keys.world.database.url.database)).parent.iterdir())
    assert secret.encode() not in stored


def test_a_change_of_a_key_that_is_gone_takes_it_off_the_ring(keys: Keys) -> None:
    issued = keys.make()
    with keys.world.database.write() as session:
        session.execute(delete(AccessKey))
        record_change(session, "access_key", issued.facts.id)
        record_change(session, "access_key", "never-there")
    keys.world.feed.catch_up()
    assert len(keys.ring) == 0
    assert refusal_of(keys.ring.check(issued.key.reveal(), START)) is KeyRefusal.UNKNOWN_ID


def test_a_revocation_in_the_middle_of_loading_is_not_lost(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = keys.make()
    real = store.all_check_rows
    catching_up = threading.Thread(target=keys.world.feed.catch_up)

    def read_and_be_overtaken(session: Session) -> Iterator[store.CheckRow]:
        rows = list(real(session))
        with keys.world.database.write() as writing:
            keys.service.revoke_key(writing, keys.world.organization.id, issued.facts.id, revoked_by="ada")
        catching_up.start()
        # Long enough for a renewal that does not wait for its turn to come and go.
        catching_up.join(0.2)
        return iter(rows)

    monkeypatch.setattr(store, "all_check_rows", read_and_be_overtaken)
    keys.ring.load()
    catching_up.join(10)
    assert refusal_of(keys.ring.check(issued.key.reveal(), START)) is KeyRefusal.REVOKED
