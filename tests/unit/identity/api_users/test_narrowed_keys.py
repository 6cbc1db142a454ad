"""Narrowed keys: what they are made of, what ends them, and every way to make one say more than it may."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import update
from tests.factories.access_keys import Keys, keys_of
from tests.factories.acme import acme

from stagedoor.client import narrow_offline
from stagedoor.identity.api_users.key_ring import KeyRefusal, RefusedKey
from stagedoor.identity.api_users.models import AccessKey
from stagedoor.identity.api_users.narrowed_form import LAYERS_MAX, WORDS_MAX, Layer
from stagedoor.identity.api_users.narrowed_keys import NarrowedKeyRefusal, NarrowedKeys, RefusedNarrowedKey
from stagedoor.kit.changes import record_change
from stagedoor.kit.secret import Secret
from stagedoor.passage import Allowance, Caller, CredentialKind

HOUR = timedelta(hours=1)
NOT_UNDERSTOOD = [
    '{"id": "x", "alow": ["Jobs_Get"]}',
    '{"id": "x", "allow": []}',
    '{"id": "x", "allow": "Jobs_Get"}',
    '{"id": "x", "allow": [1]}',
    '{"id": "x", "folders": null}',
    '{"id": "x", "folders": []}',
    '{"id": "x", "networks": []}',
    '{"id": "x", "until": "tomorrow"}',
    '{"id": "x", "until": true}',
    '{"id": "x", "until": -1}',
    '{"id": "x", "until": 1e400}',
    '{"id": "x", "until": 253402300800}',
    '{"id": "no name"}',
    '{"id": "x"',
    "{}",
    "[]",
    '"text"',
    "null",
]


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    with acme(tmp_path) as world:
        yield keys_of(world)


@pytest.fixture
def narrowed_keys(keys: Keys) -> NarrowedKeys:
    return NarrowedKeys(keys.ring, keys.world.vault)


def layer_of(keys: Keys, **said: object) -> Layer:
    return Layer("child00001", **({"until": keys.world.clock.now() + HOUR} | said))  # type: ignore[arg-type]  # a test's


def narrow(narrowed_keys: NarrowedKeys, presented: Secret, layer: Layer) -> Secret:
    narrowed = narrowed_keys.narrow(presented.reveal(), layer)
    assert narrowed is not None
    return narrowed


def check(narrowed_keys: NarrowedKeys, keys: Keys, key: Secret | str) -> Caller:
    checked = narrowed_keys.check(key if isinstance(key, str) else key.reveal(), keys.world.clock.now())
    assert isinstance(checked, Caller), checked
    return checked


def refusal(narrowed_keys: NarrowedKeys, keys: Keys, key: Secret | str) -> KeyRefusal | NarrowedKeyRefusal:
    checked = narrowed_keys.check(key if isinstance(key, str) else key.reveal(), keys.world.clock.now())
    assert isinstance(checked, RefusedKey | RefusedNarrowedKey), checked
    return checked.refusal


class TestWhatItIs:
    def test_it_is_its_access_keys_caller_with_limits_on_top(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        issued = keys.make(allow=("tag:Jobs",), networks=("10.0.0.0/8",))
        layer = layer_of(keys, allow=("Jobs_Get",), folder_keys=("f",), networks=("10.1.0.0/16",))
        caller = check(narrowed_keys, keys, narrow(narrowed_keys, issued.key, layer))
        parent = keys.ring.check(issued.key.reveal(), keys.world.clock.now())
        assert isinstance(parent, Caller)
        assert caller.credential_kind is CredentialKind.NARROWED_KEY
        assert (caller.id, caller.credential_id, caller.limits) == (parent.id, parent.credential_id, parent.limits)
        assert caller.credential_name == f"{issued.facts.id}/child00001"
        assert caller.terms.allowances == parent.terms.allowances
        assert caller.terms.narrowings == (Allowance(("Jobs_Get",), ("f",)),)
        assert caller.terms.networks == ("10.1.0.0/16",)
        assert caller.terms.not_after == layer.until

    def test_a_wider_network_widens_nothing(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        issued = keys.make(networks=("10.0.0.0/8",))
        narrowed = narrow(narrowed_keys, issued.key, layer_of(keys, networks=("0.0.0.0/0",)))
        assert check(narrowed_keys, keys, narrowed).terms.networks == ("10.0.0.0/8",)

    def test_where_no_network_is_left_it_opens_nothing(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        issued = keys.make(networks=("10.0.0.0/8",))
        narrowed = narrow(narrowed_keys, issued.key, layer_of(keys, networks=("192.0.2.0/24",)))
        assert refusal(narrowed_keys, keys, narrowed) is NarrowedKeyRefusal.UNREADABLE_LAYER

    def test_a_later_end_prolongs_nothing(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        ends = keys.world.clock.now() + HOUR / 2
        issued = keys.make(expires_at=ends)
        narrowed = narrow(narrowed_keys, issued.key, layer_of(keys))
        assert check(narrowed_keys, keys, narrowed).terms.not_after == ends
        keys.world.clock.advance(HOUR / 2)
        assert refusal(narrowed_keys, keys, narrowed) is KeyRefusal.EXPIRED

    def test_it_ends_with_its_own_time(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        narrowed = narrow(narrowed_keys, keys.make().key, layer_of(keys))
        keys.world.clock.advance(HOUR - timedelta(seconds=1))
        check(narrowed_keys, keys, narrowed)
        keys.world.clock.advance(timedelta(seconds=1))
        assert refusal(narrowed_keys, keys, narrowed) is NarrowedKeyRefusal.EXPIRED

    def test_its_use_is_its_access_keys_use(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        issued = keys.make()
        check(narrowed_keys, keys, narrow(narrowed_keys, issued.key, layer_of(keys)))
        assert keys.ring.flush_last_used() == 1

    def test_nothing_of_it_is_stored_and_memory_holds_no_list_of_good_ones(
        self, keys: Keys, narrowed_keys: NarrowedKeys
    ) -> None:
        narrowed = narrow(narrowed_keys, keys.make().key, layer_of(keys)).reveal()
        check(narrowed_keys, keys, narrowed)
        assert narrowed not in repr(narrowed_keys.__dict__)


class TestWhatItTakesOfMemory:
    def test_more_words_than_anybody_needs_open_nothing(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        first = narrow(narrowed_keys, keys.make(allow=("all",)).key, layer_of(keys))
        words = [f"w{number}" for number in range(WORDS_MAX)]
        many = narrow_offline(first, allow=words)
        check(narrowed_keys, keys, many)
        assert refusal(narrowed_keys, keys, narrow_offline(many, allow=["one"])) is NarrowedKeyRefusal.UNREADABLE_LAYER
        assert narrowed_keys.narrow(many.reveal(), layer_of(keys, allow=("one",))) is None
        assert narrowed_keys.narrow(keys.make().key.reveal(), layer_of(keys, allow=(*words, "one"))) is None

    def test_what_one_holder_makes_without_end_is_not_remembered_without_end(
        self, keys: Keys, narrowed_keys: NarrowedKeys, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(NarrowedKeys, "REMEMBERED_LETTERS_MAX", 5_000)
        first = narrow(narrowed_keys, keys.make(allow=("all",)).key, layer_of(keys))
        made = [narrow_offline(first, allow=[f"{number}-{word}" for word in range(50)]) for number in range(20)]
        for key in [*made, *made]:
            check(narrowed_keys, keys, key)
        remembered = narrowed_keys._opened.values()
        assert 1 < len(remembered) < 20
        assert sum(opened.letters for opened in remembered) == narrowed_keys._letters <= 5_000


class TestItsName:
    def test_nobody_goes_by_the_name_of_what_they_could_not_make(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        issued, until = keys.make(allow=("all",)), keys.world.clock.now() + HOUR
        mine, theirs = (
            narrow(narrowed_keys, issued.key, Layer(name, until=until)) for name in ("mine000001", "theirs0001")
        )
        theirs_again = narrow(narrowed_keys, theirs, Layer("again00001", until=until))
        pretended = {
            check(narrowed_keys, keys, narrow(narrowed_keys, mine, Layer(name, until=until))).credential_name
            for name in ("theirs0001", "again00001", "mine000001")
        }
        told = [check(narrowed_keys, keys, key).credential_name for key in (mine, theirs, theirs_again)]
        assert len(pretended) == 3
        assert not pretended & set(told)
        assert all(name.startswith(f"{issued.facts.id}/mine000001.") for name in pretended)
        assert told[:2] == [f"{issued.facts.id}/mine000001", f"{issued.facts.id}/theirs0001"]

    def test_it_fits_into_the_audit_and_stays_the_same(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        key = keys.make(allow=("all",)).key
        for number in range(LAYERS_MAX):
            key = narrow(narrowed_keys, key, Layer(f"{number:016d}", until=keys.world.clock.now() + HOUR))
        name = check(narrowed_keys, keys, key).credential_name
        assert len(name) <= 64
        assert check(NarrowedKeys(keys.ring, keys.world.vault), keys, key).credential_name == name


class TestNarrowedAgain:
    def test_every_layer_counts(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        first = narrow(narrowed_keys, keys.make(allow=("all",)).key, layer_of(keys, allow=("tag:Jobs",)))
        second = narrow(narrowed_keys, first, layer_of(keys, allow=("all",), folder_keys=("f",)))
        terms = check(narrowed_keys, keys, second).terms
        assert terms.narrowings == (Allowance(("tag:Jobs",)), Allowance(("all",), ("f",)))

    def test_the_earliest_end_counts(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        later = keys.world.clock.now() + 2 * HOUR
        first = narrow(narrowed_keys, keys.make().key, layer_of(keys))
        second = narrow(narrowed_keys, first, layer_of(keys, until=later))
        assert check(narrowed_keys, keys, second).terms.not_after == later - HOUR

    def test_without_the_server_it_is_the_same(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        first = narrow(narrowed_keys, keys.make(allow=("all",)).key, layer_of(keys, allow=("tag:Jobs",)))
        until = keys.world.clock.now() + HOUR / 4
        second = narrow_offline(
            first,
            allow=["Jobs_Get"],
            folder_keys=["f"],
            networks=["192.0.2.0/24"],
            until=until,
            chance=keys.world.chance,
        )
        terms = check(narrowed_keys, keys, second).terms
        assert terms.narrowings == (Allowance(("tag:Jobs",)), Allowance(("Jobs_Get",), ("f",)))
        assert (terms.networks, terms.not_after) == (("192.0.2.0/24",), until)

    def test_without_the_server_a_key_from_the_environment_is_taken_as_it_is(
        self, keys: Keys, narrowed_keys: NarrowedKeys
    ) -> None:
        first = narrow(narrowed_keys, keys.make(allow=("all",)).key, layer_of(keys, allow=("tag:Jobs",)))
        second = narrow_offline(first.reveal(), allow=["Jobs_Get"])
        terms = check(narrowed_keys, keys, second).terms
        assert terms.narrowings == (Allowance(("tag:Jobs",)), Allowance(("Jobs_Get",)))

    def test_without_the_server_only_what_is_narrowed_already(self, keys: Keys) -> None:
        with pytest.raises(ValueError, match="only a narrowed key"):
            narrow_offline(keys.make().key, allow=["Jobs_Get"])

    def test_there_is_an_end_to_it(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        key = keys.make().key
        for _ in range(LAYERS_MAX):
            key = narrow(narrowed_keys, key, layer_of(keys))
        check(narrowed_keys, keys, key)
        assert narrowed_keys.narrow(key.reveal(), layer_of(keys)) is None
        long = layer_of(keys, allow=tuple(f"operation_{number:180}" for number in range(100)))
        assert narrowed_keys.narrow(keys.make("other").key.reveal(), long) is None


class TestEndings:
    """What ends or shrinks the access key does so to whatever was made of it, remembered or not."""

    @pytest.fixture(params=["used before", "never used"])
    def narrowed(self, request: pytest.FixtureRequest, keys: Keys, narrowed_keys: NarrowedKeys) -> Secret:
        self.issued = keys.make(allow=("tag:Jobs", "tag:Assets"))
        narrowed = narrow(narrowed_keys, self.issued.key, layer_of(keys, allow=("Jobs_Get",)))
        if request.param == "used before":
            check(narrowed_keys, keys, narrowed)
        return narrowed

    def test_a_revoked_key_ends_it(self, keys: Keys, narrowed_keys: NarrowedKeys, narrowed: Secret) -> None:
        facts = self.issued.facts
        with keys.world.database.write() as session:
            keys.service.revoke_key(session, facts.organization_id, facts.id, revoked_by="ada")
        keys.world.feed.catch_up()
        assert refusal(narrowed_keys, keys, narrowed) is KeyRefusal.REVOKED

    def test_a_key_that_is_gone_ends_it(self, keys: Keys, narrowed_keys: NarrowedKeys, narrowed: Secret) -> None:
        with keys.world.database.write() as session:
            session.delete(session.get_one(AccessKey, self.issued.facts.id))
            record_change(session, "access_key", self.issued.facts.id)
        keys.world.feed.catch_up()
        assert refusal(narrowed_keys, keys, narrowed) is NarrowedKeyRefusal.WRONG_TAG

    def test_a_rotation_ends_it_with_the_secret_that_it_was_made_with(
        self, keys: Keys, narrowed_keys: NarrowedKeys, narrowed: Secret
    ) -> None:
        facts = self.issued.facts
        with keys.world.database.write() as session:
            fresh = keys.service.rotate_key(session, facts.organization_id, facts.id, overlap=HOUR / 2)
        keys.world.feed.catch_up()
        check(narrowed_keys, keys, narrowed)
        successor = narrow(narrowed_keys, fresh.key, layer_of(keys))
        keys.world.clock.advance(HOUR / 2)
        assert refusal(narrowed_keys, keys, narrowed) is KeyRefusal.REPLACED
        check(narrowed_keys, keys, successor)

    def test_a_rotation_at_once_ends_it_at_once(
        self, keys: Keys, narrowed_keys: NarrowedKeys, narrowed: Secret
    ) -> None:
        facts = self.issued.facts
        with keys.world.database.write() as session:
            keys.service.rotate_key(session, facts.organization_id, facts.id, overlap=None)
        keys.world.feed.catch_up()
        assert refusal(narrowed_keys, keys, narrowed) is KeyRefusal.REPLACED

    def test_what_is_taken_from_the_key_is_taken_from_it(
        self, keys: Keys, narrowed_keys: NarrowedKeys, narrowed: Secret
    ) -> None:
        with keys.world.database.write() as session:
            changed = update(AccessKey).where(AccessKey.id == self.issued.facts.id)
            session.execute(changed.values(allow=["tag:Assets"], networks=["10.0.0.0/8"], daily_quota=5))
            record_change(session, "access_key", self.issued.facts.id)
        keys.world.feed.catch_up()
        caller = check(narrowed_keys, keys, narrowed)
        assert caller.terms.allowances == (Allowance(("tag:Assets",), None, keys.world.dev.id),)
        assert caller.terms.networks == ("10.0.0.0/8",)
        assert caller.limits is not None
        assert caller.limits.daily_quota == 5


class TestForgeries:
    @pytest.fixture
    def parts(self, keys: Keys, narrowed_keys: NarrowedKeys) -> list[str]:
        """Head, layer and tag of a good one with two layers."""
        first = narrow(narrowed_keys, keys.make(allow=("all",)).key, layer_of(keys, allow=("Jobs_Get",)))
        return narrow(narrowed_keys, first, layer_of(keys, folder_keys=("f",))).reveal().split(".")

    def test_no_layer_is_taken_away(self, parts: list[str], keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        head, one, two, tag = parts
        for layers in ([one], [two], [two, one], [one, one, two]):
            assert refusal(narrowed_keys, keys, ".".join([head, *layers, tag])) is NarrowedKeyRefusal.WRONG_TAG
        assert refusal(narrowed_keys, keys, f"{head}.{tag}") is NarrowedKeyRefusal.MALFORMED

    def test_no_layer_is_changed(self, parts: list[str], keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        head, one, two, tag = parts
        said = orjson.loads(urlsafe_b64decode(one + "=" * (-len(one) % 4)))
        for change in ({"allow": ["all"]}, {"until": said["until"] + 3600}, {"id": "child00002"}):
            forged = urlsafe_b64encode(orjson.dumps(said | change)).decode().rstrip("=")
            assert refusal(narrowed_keys, keys, ".".join([head, forged, two, tag])) is NarrowedKeyRefusal.WRONG_TAG

    def test_another_key_does_not_take_it_over(self, parts: list[str], keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        other = keys.make("other", allow=("all",)).facts.id
        forged = ".".join([f"sdn_{other}", *parts[1:]])
        assert refusal(narrowed_keys, keys, forged) is NarrowedKeyRefusal.WRONG_TAG

    def test_every_single_character_matters(self, parts: list[str], keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        whole = ".".join(parts)
        check(narrowed_keys, keys, whole)
        for place in range(4, len(whole)):
            for other in "Aa0.":
                if whole[place] != other:
                    refusal(narrowed_keys, keys, whole[:place] + other + whole[place + 1 :])

    def test_an_access_keys_hash_makes_none(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        # Whoever reads the store has the hash of each secret, and not the server's key.
        issued = keys.make(allow=("all",))
        stolen = keys.world.vault.keyed_hash(issued.key.reveal())
        head = f"sdn_{issued.facts.id}"
        layer = urlsafe_b64encode(orjson.dumps({"id": "x", "until": 4_000_000_000})).decode().rstrip("=")
        for tag_key in (stolen.encode(), bytes.fromhex(stolen), b""):
            base = Secret(f"{head}.{layer}.{urlsafe_b64encode(tag_key.ljust(32)[:32]).decode().rstrip('=')}")
            assert refusal(narrowed_keys, keys, narrow_offline(base)) is NarrowedKeyRefusal.WRONG_TAG

    def test_a_layer_that_is_not_wholly_understood_opens_nothing(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        # Its maker holds a good key and signs whatever they like; a limit that is read as none would be lost.
        good = narrow(narrowed_keys, keys.make().key, layer_of(keys)).reveal()
        body, _, tag = good.rpartition(".")
        for said in NOT_UNDERSTOOD:
            layer = urlsafe_b64encode(said.encode()).decode().rstrip("=")
            signed = hmac.digest(urlsafe_b64decode(tag + "="), layer.encode(), "sha256")
            own = f"{body}.{layer}.{urlsafe_b64encode(signed).decode().rstrip('=')}"
            assert refusal(narrowed_keys, keys, own) is NarrowedKeyRefusal.UNREADABLE_LAYER, said

    def test_what_has_not_the_form_is_refused(self, keys: Keys, narrowed_keys: NarrowedKeys) -> None:
        for text in ("", "sdn_", "sdn_..", "sdn_" + "A" * 7000, "sdn_AAAAAAAAAA.e30." + "A" * 43 + "\n"):
            assert refusal(narrowed_keys, keys, text) is NarrowedKeyRefusal.MALFORMED
