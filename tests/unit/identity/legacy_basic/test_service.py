"""The old login: who gets in, who is told what, and what is counted."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from tests.factories.acme import START, acme
from tests.factories.legacy import UNTIL, Legacy, legacy_of
from tests.factories.people import API_PASSWORD, SIGN_IN_PASSWORD, people_of

from stagedoor.identity import passwords as passwords_room
from stagedoor.identity.attempts import TooManyAttempts
from stagedoor.identity.legacy_basic.errors import InvalidCredentials, LegacyLoginRefused
from stagedoor.identity.legacy_basic.tokens import LegacyTokenRefusal, LegacyTokens, RefusedLegacyToken
from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.identity.passwords import PasswordsBusy
from stagedoor.kit.crypto import KeyRing, MasterKey
from stagedoor.kit.secret import Secret
from stagedoor.passage import Caller, CallerKind, CredentialKind


@pytest.fixture
def legacy(tmp_path: Path) -> Iterator[Legacy]:
    with acme(tmp_path) as world:
        yield legacy_of(people_of(world))


def caller_of(legacy: Legacy, token: str) -> Caller:
    checked = legacy.tokens.check(token, legacy.people.world.clock.now())
    assert isinstance(checked, Caller)
    return checked


class TestTheStory:
    def test_a_migrated_users_old_script_logs_in_and_goes_on_working(self, legacy: Legacy) -> None:
        made = legacy.people.make()
        caller = caller_of(legacy, legacy.log_in(tenancy_name="dev"))
        assert (caller.kind, caller.credential_kind) == (CallerKind.USER, CredentialKind.LEGACY_TOKEN)
        assert (caller.id, caller.tenant_ids) == (made.id, frozenset({legacy.people.world.dev.id}))
        assert caller.terms.not_after == START + timedelta(minutes=30)
        assert not caller.may_administer

    def test_it_goes_on_after_the_person_reset_the_sign_in_password(self, legacy: Legacy) -> None:
        made = legacy.people.make()
        token = legacy.log_in()
        with legacy.people.world.database.write() as session:
            user = legacy.people.service.get_user(session, made.organization_id, made.id)
            legacy.people.service.set_password(session, user, Secret("brand new password"))
        legacy.people.world.feed.catch_up()
        assert caller_of(legacy, token).id == made.id
        assert caller_of(legacy, legacy.log_in()).id == made.id
        with pytest.raises(InvalidCredentials):
            legacy.log_in(password="brand new password")

    def test_a_user_made_after_the_migration_is_refused_with_the_reason_after_proving_the_password(
        self, legacy: Legacy
    ) -> None:
        legacy.people.make("new", migrated=False)
        with pytest.raises(LegacyLoginRefused) as refused:
            legacy.log_in("new", SIGN_IN_PASSWORD)
        assert refused.value.details == {"reason": "user_came_later"}
        assert (refused.value.status, refused.value.error_code) == (400, 1000)
        assert "access key" in str(refused.value.hint)
        with pytest.raises(InvalidCredentials):
            legacy.log_in("new", "wrong password")

    def test_an_organization_made_after_the_migration_is_refused_likewise(self, legacy: Legacy) -> None:
        world = legacy.people.world
        with world.database.write() as session:
            world.organizations.create_organization(session, "globex")
        world.feed.catch_up()
        with pytest.raises(LegacyLoginRefused) as refused:
            legacy.log_in("anybody", "any password", organization="globex")
        assert refused.value.details == {"reason": "organization_not_migrated"}

    def test_after_the_date_nobody_gets_in_and_the_refusal_names_the_date_and_the_new_way(self, legacy: Legacy) -> None:
        legacy.people.make()
        legacy.pass_time(UNTIL - START)
        for username, password in (("ada", API_PASSWORD), ("ada", "wrong password"), ("nobody", "x")):
            with pytest.raises(LegacyLoginRefused) as refused:
                legacy.log_in(username, password)
            assert "2026-07-15" in refused.value.public
            assert "access key" in str(refused.value.hint)

    def test_a_closed_window_says_so_however_often_it_is_asked(self, legacy: Legacy) -> None:
        legacy.set_window(is_open=False)
        for _ in range(30):
            with pytest.raises(LegacyLoginRefused) as refused:
                legacy.log_in()
        assert refused.value.details == {"reason": "window_closed"}


class TestWhoIsToldWhat:
    def test_unknown_users_wrong_passwords_and_unknown_organizations_look_alike(self, legacy: Legacy) -> None:
        legacy.people.make()
        gone = legacy.people.make("gone")
        legacy.people.make("dir", is_directory_user=True)
        world = legacy.people.world
        with world.database.write() as session:
            user = legacy.people.service.get_user(session, gone.organization_id, gone.id)
            legacy.people.service.update_user(session, user, is_active=False)
        world.feed.catch_up()
        attempts: list[dict[str, Any]] = [
            {"password": "wrong password"},
            {"password": SIGN_IN_PASSWORD},
            {"username": "nobody"},
            {"username": "gone"},
            {"username": "dir", "password": SIGN_IN_PASSWORD},
            {"organization": "nowhere"},
        ]
        said = set()
        for attempt in attempts:
            with pytest.raises(InvalidCredentials) as refused:
                legacy.log_in(**attempt)
            said.add((refused.value.public, refused.value.hint, refused.value.status, refused.value.error_code))
        assert len(said) == 1
        assert next(iter(said))[0] == "Invalid credentials, failed to login."

    def test_each_login_costs_exactly_one_hash_whoever_is_named(
        self, legacy: Legacy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        legacy.people.make()
        legacy.people.make("new", migrated=False)
        hashed = 0
        real = PasswordHasher.verify

        def counting(hasher: Any, digest: Any, password: Any) -> bool:
            nonlocal hashed
            hashed += 1
            return bool(real(hasher, digest, password))

        monkeypatch.setattr(PasswordHasher, "verify", counting)
        for attempt in ({}, {"username": "nobody"}, {"username": "new"}, {"organization": "nowhere"}):
            before = hashed
            with suppress(InvalidCredentials):
                legacy.log_in(**attempt)
            assert hashed == before + 1

    def test_an_api_password_taken_away_is_named_to_who_proves_the_sign_in_password(self, legacy: Legacy) -> None:
        made = legacy.people.make()
        with legacy.people.world.database.write() as session:
            user = legacy.people.service.get_user(session, made.organization_id, made.id)
            legacy.people.service.clear_api_password(session, user)
        # The copy in memory does not know yet; what the store says counts.
        with pytest.raises(LegacyLoginRefused) as refused:
            legacy.log_in(password=SIGN_IN_PASSWORD)
        assert refused.value.details == {"reason": "no_api_password"}


class TestTenants:
    def test_the_only_tenant_need_not_be_named(self, legacy: Legacy) -> None:
        legacy.people.make()
        assert caller_of(legacy, legacy.log_in()).tenant_ids == frozenset({legacy.people.world.dev.id})

    def test_where_there_are_several_the_refusal_lists_those_open_to_the_user(self, legacy: Legacy) -> None:
        legacy.people.make(roles=(("dev", "Tester"), ("prod", "Tester")))
        with pytest.raises(LegacyLoginRefused) as refused:
            legacy.log_in()
        assert refused.value.details == {"reason": "tenant_needed"}
        assert "dev, prod" in str(refused.value.hint)

    @pytest.mark.parametrize(
        ("tenant", "tenancy_name"),
        [
            (None, "prod"),
            (None, "Production"),
            ("prod", ""),
            ("prod", "PROD"),
            ("prod", "acme"),
            ("production", "prod"),
        ],
    )
    def test_a_tenant_is_named_in_the_address_or_in_the_body(
        self, legacy: Legacy, tenant: str | None, tenancy_name: str
    ) -> None:
        legacy.people.make(roles=(("dev", "Tester"), ("prod", "Tester")))
        token = legacy.log_in(tenant=tenant, tenancy_name=tenancy_name)
        assert caller_of(legacy, token).tenant_ids == frozenset({legacy.people.world.prod.id})

    @pytest.mark.parametrize(
        ("tenant", "tenancy_name"), [(None, "prod"), ("nowhere", ""), ("dev", "prod"), ("dev", "x")]
    )
    def test_a_tenant_that_is_not_open_is_refused_with_those_that_are(
        self, legacy: Legacy, tenant: str | None, tenancy_name: str
    ) -> None:
        legacy.people.make()
        with pytest.raises(LegacyLoginRefused) as refused:
            legacy.log_in(tenant=tenant, tenancy_name=tenancy_name)
        assert refused.value.details == {"reason": "tenant_not_open"}
        assert "dev" in str(refused.value.hint)
        assert "prod" not in str(refused.value.hint)

    def test_somebody_without_a_role_is_told_that_no_tenant_is_open(self, legacy: Legacy) -> None:
        legacy.people.make(roles=())
        with pytest.raises(LegacyLoginRefused) as refused:
            legacy.log_in()
        assert "No tenant" in str(refused.value.hint)

    def test_an_administrators_token_opens_the_named_tenant_alone(self, legacy: Legacy) -> None:
        legacy.people.make(is_administrator=True, roles=())
        caller = caller_of(legacy, legacy.log_in(tenancy_name="prod"))
        assert caller.tenant_ids == frozenset({legacy.people.world.prod.id})

    def test_without_an_address_the_tenancy_name_finds_the_organization(self, legacy: Legacy) -> None:
        legacy.people.make()
        assert legacy.log_in(organization=None)
        world = legacy.people.world
        with world.database.write() as session:
            other = world.organizations.create_organization(session, "globex")
            world.organizations.create_tenant(session, other, "lab")
            world.organizations.create_tenant(session, other, "prod")
        world.feed.catch_up()
        assert legacy.log_in(organization=None, tenancy_name="dev")
        assert legacy.log_in(organization=None, tenancy_name="acme")
        for tenancy_name in ("", "prod", "nowhere"):
            with pytest.raises(InvalidCredentials):
                legacy.log_in(organization=None, tenancy_name=tenancy_name)
        with pytest.raises(LegacyLoginRefused):
            legacy.log_in(organization=None, tenancy_name="lab")


class TestTokens:
    def test_a_token_is_good_for_thirty_minutes(self, legacy: Legacy) -> None:
        legacy.people.make()
        token = legacy.log_in()
        now = legacy.pass_time(timedelta(minutes=30) - timedelta(seconds=1))
        assert isinstance(legacy.tokens.check(token, now), Caller)
        checked = legacy.tokens.check(token, legacy.pass_time(timedelta(seconds=1)))
        assert isinstance(checked, RefusedLegacyToken)
        assert checked.refusal is LegacyTokenRefusal.EXPIRED

    def refusal_of(self, legacy: Legacy, token: str) -> RefusedLegacyToken:
        checked = legacy.tokens.check(token, legacy.people.world.clock.now())
        assert isinstance(checked, RefusedLegacyToken)
        return checked

    def test_a_token_ends_with_the_window(self, legacy: Legacy) -> None:
        legacy.people.make()
        token = legacy.log_in()
        legacy.set_window(is_open=False)
        refused = self.refusal_of(legacy, token)
        assert refused.refusal is LegacyTokenRefusal.WINDOW
        assert "switched off" in refused.sentence

    def test_a_token_ends_with_its_user_and_with_its_api_password(self, legacy: Legacy) -> None:
        ada, bob = legacy.people.make("ada"), legacy.people.make("bob")
        tokens = legacy.log_in("ada"), legacy.log_in("bob")
        world = legacy.people.world
        with world.database.write() as session:
            users = legacy.people.service
            users.update_user(session, users.get_user(session, ada.organization_id, ada.id), is_active=False)
            users.set_api_password(
                session,
                world.organization,
                users.get_user(session, bob.organization_id, bob.id),
                Secret("another password"),
            )
        world.feed.catch_up()
        assert self.refusal_of(legacy, tokens[0]).refusal is LegacyTokenRefusal.USER_GONE
        assert self.refusal_of(legacy, tokens[1]).refusal is LegacyTokenRefusal.PASSWORD_CHANGED

    def test_it_outlives_a_change_of_the_key_that_sealed_it_and_ends_when_that_is_forgotten(
        self, legacy: Legacy
    ) -> None:
        legacy.people.make()
        token, vault, new = legacy.log_in(), legacy.people.world.vault, MasterKey(b"n" * 32)
        caller_of(legacy, token)
        vault.hold(KeyRing.of(new, vault.ring.known.values()))
        caller_of(legacy, token)
        vault.hold(KeyRing.of(new))
        refused = legacy.tokens.check(token, legacy.people.world.clock.now())
        assert refused == RefusedLegacyToken(LegacyTokenRefusal.UNKNOWN)

    def test_a_token_of_an_organization_that_is_gone_opens_nothing(self, legacy: Legacy) -> None:
        legacy.people.make()
        world = legacy.people.world
        empty = OrganizationDirectory(world.database, world.vault)
        tokens = LegacyTokens(world.vault, world.chance, empty, legacy.people.directory)
        checked = tokens.check(legacy.log_in(), START)
        assert isinstance(checked, RefusedLegacyToken)
        assert checked.refusal is LegacyTokenRefusal.USER_GONE

    def test_a_worker_that_did_not_give_it_out_accepts_it_at_once(self, legacy: Legacy) -> None:
        legacy.people.make()
        token = legacy.log_in()
        assert isinstance(legacy_of(legacy.people).tokens.check(token, START), Caller)

    def test_the_caller_is_built_again_only_when_the_user_changed(self, legacy: Legacy) -> None:
        made = legacy.people.make()
        token = legacy.log_in()
        before = caller_of(legacy, token)
        assert caller_of(legacy, token) is before
        world = legacy.people.world
        with world.database.write() as session:
            legacy.people.service.assign_role(session, made, tenant_id=world.dev.id, role="Tester")
        world.feed.catch_up()
        assert len(caller_of(legacy, token).terms.allowances) == 2

    def test_a_forged_or_changed_token_is_unknown(self, legacy: Legacy) -> None:
        legacy.people.make()
        token = legacy.log_in()
        world = legacy.people.world
        sealed_for_another_use = world.vault.seal(Secret("[]"), context="tenant:1", chance=world.chance)
        for forged in ("sl_", "sl_v1.x.y", token[:-2], token[:-4] + "AAAA", "sl_" + sealed_for_another_use, token * 9):
            assert self.refusal_of(legacy, forged).refusal is LegacyTokenRefusal.UNKNOWN

    def test_a_token_shows_nothing_and_memory_holds_none(self, legacy: Legacy, monkeypatch: pytest.MonkeyPatch) -> None:
        made = legacy.people.make()
        monkeypatch.setattr(type(legacy.tokens), "REMEMBERED_MAX", 3)
        tokens = [legacy.log_in() for _ in range(5)]
        for token in tokens:
            caller_of(legacy, token)
            assert made.id not in token
            assert token not in repr(vars(legacy.tokens))
        assert len(vars(legacy.tokens)["_opened"]) == 3


class TestLimits:
    def test_guessing_ends_after_ten_and_the_right_password_waits_too(self, legacy: Legacy) -> None:
        legacy.people.make()
        for _ in range(10):
            with pytest.raises(InvalidCredentials):
                legacy.log_in(password="wrong password")
        with pytest.raises(TooManyAttempts) as refused:
            legacy.log_in()
        assert int(refused.value.headers["Retry-After"]) > 0
        legacy.pass_time(timedelta(seconds=30))
        assert legacy.log_in()

    def test_right_passwords_are_never_too_many(self, legacy: Legacy) -> None:
        legacy.people.make()
        for _ in range(150):
            legacy.log_in()

    def test_being_turned_away_for_want_of_room_costs_no_attempt(
        self, legacy: Legacy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        legacy.people.make()
        with monkeypatch.context() as patched:
            patched.setattr(passwords_room, "WAITING_MAX", 0)
            for _ in range(20):
                with pytest.raises(PasswordsBusy):
                    legacy.log_in()
        assert legacy.log_in()


class TestAdministrators:
    def test_they_see_who_may_still_log_in_and_why_others_may_not(self, legacy: Legacy) -> None:
        legacy.people.make("ada")
        legacy.people.make("bob", migrated=False)
        legacy.people.make("cyd", api_password=None)
        legacy.people.make("dir", is_directory_user=True)

        def seen() -> list[tuple[str, str]]:
            (entry,) = legacy.people.world.directory.all_organizations()
            return [(one.username, one.reason) for one in legacy.service.list_eligibility(entry)]

        assert seen() == [
            ("ada", ""),
            ("bob", "user_came_later"),
            ("cyd", "no_api_password"),
            ("dir", "directory_user"),
        ]
        (entry,) = legacy.people.world.directory.all_organizations()
        assert [one.username for one in legacy.service.list_eligibility(entry) if one.is_eligible] == ["ada"]
        legacy.set_window(is_open=False)
        assert {reason for _, reason in seen()} == {"window_closed"}

    def test_each_use_is_counted_by_user_network_client_and_operation(self, legacy: Legacy) -> None:
        legacy.people.make("ada")
        legacy.people.make("new", migrated=False)
        legacy.log_in()
        legacy.log_in(user_agent="python-requests/2.32 extra")
        legacy.log_in(user_agent="PostmanRuntime/7")
        with pytest.raises(LegacyLoginRefused):
            legacy.log_in("new", SIGN_IN_PASSWORD, user_agent="")
        assert legacy.uses.flush() == 4
        with legacy.people.world.database.read() as session:
            uses = legacy.service.list_uses(session, legacy.people.world.organization.id)
        assert {(use.username, use.network, use.client, use.operation, use.count) for use in uses} == {
            ("ada", "192.0.2.0/24", "python-requests", "login", 2),
            ("ada", "192.0.2.0/24", "PostmanRuntime", "login", 1),
            ("new", "192.0.2.0/24", "unknown", "login refused: user_came_later", 1),
        }
