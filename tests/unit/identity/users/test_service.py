"""Users as they are made, found, changed and signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete
from tests.factories.acme import acme
from tests.factories.people import API_PASSWORD, SIGN_IN_PASSWORD, People, people_of

from stagedoor.identity.passwords import PasswordRefused
from stagedoor.identity.users.errors import ApiPasswordRefused, SignInRefused, UserNotFound, UserOrderRefused
from stagedoor.identity.users.models import User
from stagedoor.identity.users.schemas import UserOrder
from stagedoor.kit.changes import record_change
from stagedoor.kit.secret import Secret


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with acme(tmp_path) as world:
        yield people_of(world)


class TestCreate:
    def test_a_name_is_kept_in_lower_case_and_is_unique_without_regard_to_case(self, people: People) -> None:
        assert people.make("Ada").username == "ada"
        with pytest.raises(UserOrderRefused) as refused:
            people.make("ADA")
        assert refused.value.status == 409

    @pytest.mark.parametrize("name", ["", " ", " ada", "ada ", "a\nb", "a\x00b", "x" * 257])
    def test_a_name_that_cannot_be_typed_is_refused(self, people: People, name: str) -> None:
        order = UserOrder(organization_id=people.world.organization.id, username=name)
        with people.world.database.write() as session, pytest.raises(UserOrderRefused):
            people.service.create_user(session, order)

    @pytest.mark.parametrize("email", ["ada", "ada@", "@x", "a b@x", "ada@x y", "a@b@c", "x" * 200 + "@x"])
    def test_what_is_no_address_is_refused(self, people: People, email: str) -> None:
        with pytest.raises(UserOrderRefused, match="email"):
            people.make(email=email)

    def test_a_weak_password_makes_no_user(self, people: People) -> None:
        with pytest.raises(PasswordRefused):
            people.make(password="short")
        with people.world.database.read() as session:
            assert people.service.find_user(session, people.world.organization.id, "ada") is None

    def test_a_directory_user_with_a_password_is_refused(self, people: People) -> None:
        order = UserOrder(
            organization_id=people.world.organization.id,
            username="dir",
            password=Secret(SIGN_IN_PASSWORD),
            is_directory_user=True,
        )
        with people.world.database.write() as session, pytest.raises(UserOrderRefused, match="directory"):
            people.service.create_user(session, order)

    def test_nobody_has_an_api_password_to_begin_with(self, people: People) -> None:
        assert people.make(api_password=None).api_password_hash is None

    @pytest.mark.parametrize("name", ["x" * 129, "a\nb"])
    def test_a_personal_name_that_cannot_be_printed_is_refused(self, people: People, name: str) -> None:
        made = people.make()
        with people.world.database.write() as session, pytest.raises(UserOrderRefused, match="Names"):
            people.service.update_user(session, made, last_name=name)


class TestFind:
    @pytest.mark.parametrize("word", ["ada", "ADA", " ada ", "Ada@Acme.Example"])
    def test_a_user_is_found_by_name_or_address_in_any_letter_case(self, people: People, word: str) -> None:
        made = people.make()
        with people.world.database.read() as session:
            found = people.service.find_user(session, people.world.organization.id, word)
            assert found is not None
            assert found.id == made.id

    def test_an_address_that_two_share_finds_nobody(self, people: People) -> None:
        people.make("ada", email="team@acme.example")
        people.make("bob", email="team@acme.example")
        with people.world.database.read() as session:
            assert people.service.find_user(session, people.world.organization.id, "team@acme.example") is None

    def test_a_name_counts_before_somebody_elses_address(self, people: People) -> None:
        mine = people.make("team@acme.example", email="me@acme.example")
        people.make("bob", email="team@acme.example")
        with people.world.database.read() as session:
            found = people.service.find_user(session, people.world.organization.id, "team@acme.example")
            assert found is not None
            assert found.id == mine.id

    def test_users_of_another_organization_are_not_found(self, people: People) -> None:
        made = people.make()
        with people.world.database.write() as session:
            other = people.world.organizations.create_organization(session, "globex").id
            assert people.service.find_user(session, other, "ada") is None
            assert people.service.list_users(session, other).users == ()
            with pytest.raises(UserNotFound):
                people.service.get_user(session, other, made.id)
            assert people.service.get_user(session, made.organization_id, made.id).username == "ada"

    def test_pages_follow_each_other(self, people: People) -> None:
        for name in ("ada", "bob", "cyd"):
            people.make(name)
        with people.world.database.read() as session:
            first = people.service.list_users(session, people.world.organization.id, limit=2)
            second = people.service.list_users(session, people.world.organization.id, cursor=first.next_cursor, limit=2)
            assert [user.username for user in (*first.users, *second.users)] == ["ada", "bob", "cyd"]
        assert second.next_cursor is None


class TestSignIn:
    def sign_in(self, people: People, name: str, password: str) -> str:
        with people.world.database.read() as session:
            return people.service.verify_sign_in(session, people.world.organization.id, name, Secret(password)).username

    def test_the_right_password_signs_in(self, people: People) -> None:
        people.make()
        assert self.sign_in(people, "ADA", SIGN_IN_PASSWORD) == "ada"
        assert self.sign_in(people, "ada@acme.example", SIGN_IN_PASSWORD) == "ada"

    def test_every_other_way_is_refused_in_the_same_words(self, people: People) -> None:
        people.make("ada")
        people.make("dir", is_directory_user=True)
        gone = people.make("gone")
        with people.world.database.write() as session:
            user = people.service.get_user(session, gone.organization_id, gone.id)
            people.service.update_user(session, user, is_active=False)
        said = set()
        for name, password in (
            ("ada", "wrong password"),
            ("ada", API_PASSWORD),
            ("nobody", SIGN_IN_PASSWORD),
            ("dir", SIGN_IN_PASSWORD),
            ("gone", SIGN_IN_PASSWORD),
        ):
            with pytest.raises(SignInRefused) as refused:
                self.sign_in(people, name, password)
            said.add((refused.value.public, refused.value.status, refused.value.hint))
        assert len(said) == 1

    def test_resetting_the_sign_in_password_leaves_the_api_password_as_it_was(self, people: People) -> None:
        made = people.make()
        with people.world.database.write() as session:
            user = people.service.get_user(session, made.organization_id, made.id)
            before = user.api_password_hash
            people.service.set_password(session, user, Secret("another password"))
            assert user.api_password_hash == before
        assert self.sign_in(people, "ada", "another password") == "ada"
        with pytest.raises(SignInRefused):
            self.sign_in(people, "ada", SIGN_IN_PASSWORD)

    def test_a_directory_user_gets_no_password_here(self, people: People) -> None:
        made = people.make(is_directory_user=True)
        with people.world.database.write() as session, pytest.raises(UserOrderRefused):
            people.service.set_password(session, made, Secret("another password"))


class TestApiPassword:
    def test_a_user_made_after_the_migration_gets_none(self, people: People) -> None:
        made = people.make(migrated=False)
        with people.world.database.write() as session, pytest.raises(ApiPasswordRefused, match="came after"):
            people.service.set_api_password(session, people.world.organization, made, Secret(API_PASSWORD))

    def test_an_organization_made_after_the_migration_gives_none(self, people: People) -> None:
        made = people.make()
        with people.world.database.write() as session:
            other = people.world.organizations.create_organization(session, "globex")
            with pytest.raises(ApiPasswordRefused, match="organization was made after"):
                people.service.set_api_password(session, other, made, Secret(API_PASSWORD))

    def test_a_directory_user_gets_none(self, people: People) -> None:
        made = people.make(is_directory_user=True)
        with people.world.database.write() as session, pytest.raises(ApiPasswordRefused, match="directory"):
            people.service.set_api_password(session, people.world.organization, made, Secret(API_PASSWORD))

    def test_it_can_be_taken_away_without_touching_the_sign_in(self, people: People) -> None:
        made = people.make()
        with people.world.database.write() as session:
            user = people.service.get_user(session, made.organization_id, made.id)
            people.service.clear_api_password(session, user)
            assert user.api_password_hash is None
            assert user.password_hash == made.password_hash


class TestDirectory:
    def test_an_entry_holds_the_roles_and_no_secret(self, people: People) -> None:
        made = people.make(roles=(("dev", "Administrator"), ("prod", "Automation User")))
        entry = people.directory.find_user(made.id)
        assert entry is not None
        assert [(role.tenant_id, role.role) for role in entry.roles] == [
            (people.world.dev.id, "Administrator"),
            (people.world.prod.id, "Automation User"),
        ]
        assert "argon2" not in repr(entry)
        assert entry.display_name == "ada"

    def test_an_entry_stays_the_same_object_until_its_user_changes(self, people: People) -> None:
        ada, bob = people.make("ada"), people.make("bob")
        ada_before, bob_before = people.directory.find_user(ada.id), people.directory.find_user(bob.id)
        with people.world.database.write() as session:
            user = people.service.get_user(session, ada.organization_id, ada.id)
            people.service.update_user(session, user, first_name="Ada", last_name="Lovelace", email="A@b.example")
        people.world.feed.catch_up()
        changed = people.directory.find_user(ada.id)
        assert changed is not None
        assert changed is not ada_before
        assert (changed.display_name, changed.email) == ("Ada Lovelace", "a@b.example")
        assert people.directory.find_user(bob.id) is bob_before

    def test_somebody_who_is_not_active_may_not_act(self, people: People) -> None:
        made = people.make()
        assert people.directory.find_active_user(made.id) is not None
        with people.world.database.write() as session:
            user = people.service.get_user(session, made.organization_id, made.id)
            people.service.update_user(session, user, is_active=False, is_administrator=True)
        people.world.feed.catch_up()
        assert people.directory.find_active_user(made.id) is None
        assert people.directory.find_user(made.id) is not None
        assert people.directory.find_active_user("nobody") is None

    def test_a_role_taken_away_is_gone_after_the_feed_caught_up(self, people: People) -> None:
        made = people.make()
        with people.world.database.write() as session:
            for _ in range(2):
                people.service.remove_role(session, made, tenant_id=people.world.dev.id, role="Automation User")
            people.service.assign_role(
                session, made, tenant_id=people.world.prod.id, role="Automation User", folder_key="f1"
            )
            for _ in range(2):
                people.service.assign_role(session, made, tenant_id=people.world.prod.id, role="Tester")
            assert len(people.service.roles_of(session, made)) == 2
        people.world.feed.catch_up()
        entry = people.directory.find_user(made.id)
        assert entry is not None
        assert [(role.folder_key, role.role) for role in entry.roles] == [("f1", "Automation User"), (None, "Tester")]

    def test_the_mark_of_the_api_password_changes_with_it(self, people: People) -> None:
        made = people.make()
        first = people.directory.find_user(made.id)
        assert first is not None
        with people.world.database.write() as session:
            user = people.service.get_user(session, made.organization_id, made.id)
            people.service.set_api_password(session, people.world.organization, user, Secret("another password"))
        people.world.feed.catch_up()
        second = people.directory.find_user(made.id)
        assert second is not None
        assert first.api_password_mark
        assert first.api_password_mark != second.api_password_mark
        with people.world.database.write() as session:
            user = people.service.get_user(session, made.organization_id, made.id)
            people.service.clear_api_password(session, user)
        people.world.feed.catch_up()
        third = people.directory.find_user(made.id)
        assert third is not None
        assert third.api_password_mark == ""

    def test_a_user_who_is_gone_is_forgotten(self, people: People) -> None:
        made = people.make(roles=())
        with people.world.database.write() as session:
            session.execute(delete(User))
            record_change(session, "user", made.id)
        people.world.feed.catch_up()
        assert people.directory.find_user(made.id) is None
