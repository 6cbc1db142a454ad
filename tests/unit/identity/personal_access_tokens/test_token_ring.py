"""Personal access tokens checked in memory."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.acme import START, acme
from tests.factories.people import people_of
from tests.factories.personal_access_tokens import PersonalTokens, personal_tokens_of

from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.identity.authenticators.personal_access_token import PersonalAccessTokenAuthenticator
from stagedoor.identity.personal_access_tokens.token_ring import PersonalAccessTokenRing
from stagedoor.kit.changes import record_change
from stagedoor.kit.errors import StoreUnavailable
from stagedoor.passage import Allowance, CallerKind, CredentialKind

SOON = START + timedelta(minutes=1)


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[PersonalTokens]:
    with acme(tmp_path) as world:
        yield personal_tokens_of(people_of(world))


def test_a_token_is_worth_its_owner_cut_down_to_its_scopes(tokens: PersonalTokens) -> None:
    owner = tokens.people.make()
    issued = tokens.make(owner, scopes=("OR.Jobs.Read", "OR.Assets"))
    caller = tokens.ring.find_caller(issued.token.reveal(), SOON)
    assert caller is not None
    assert (caller.kind, caller.credential_kind) == (CallerKind.USER, CredentialKind.PERSONAL_ACCESS_TOKEN)
    assert (caller.id, caller.number, caller.credential_id) == (owner.id, owner.number, issued.facts.id)
    assert caller.terms.allowances == (Allowance(("role:Automation User",), None, tokens.people.world.dev.id),)
    assert caller.terms.ceiling == ("scope:OR.Assets", "scope:OR.Jobs.Read")
    assert caller.terms.not_after == issued.facts.expires_at


def test_a_token_never_administers_even_if_its_owner_does(tokens: PersonalTokens) -> None:
    issued = tokens.make(tokens.people.make(is_administrator=True))
    caller = tokens.ring.find_caller(issued.token.reveal(), SOON)
    assert caller is not None
    assert not caller.may_administer


def test_scopes_of_other_services_alone_are_a_ceiling_all_the_same(tokens: PersonalTokens) -> None:
    issued = tokens.make(tokens.people.make(), scopes=("PM.User",))
    caller = tokens.ring.find_caller(issued.token.reveal(), SOON)
    assert caller is not None
    assert caller.terms.ceiling == (), "an empty ceiling, not none"


def test_the_caller_is_built_again_only_when_the_owner_changed(tokens: PersonalTokens) -> None:
    owner = tokens.people.make()
    written = tokens.make(owner).token.reveal()
    before = tokens.ring.find_caller(written, SOON)
    assert tokens.ring.find_caller(written, SOON) is before
    world = tokens.people.world
    with world.database.write() as session:
        tokens.people.service.assign_role(session, owner, tenant_id=world.prod.id, role="Tester")
    world.feed.catch_up()
    after = tokens.ring.find_caller(written, SOON)
    assert after is not None
    assert after.tenant_ids == frozenset({world.dev.id, world.prod.id})


def test_what_has_ended_is_as_if_it_had_never_been(tokens: PersonalTokens) -> None:
    owner = tokens.people.make()
    expiring = tokens.make(owner, lifetime=timedelta(minutes=1))
    revoked = tokens.make(owner)
    world = tokens.people.world
    with world.database.write() as session:
        tokens.service.revoke_token(session, owner.organization_id, revoked.facts.id)
    world.feed.catch_up()
    authenticator = PersonalAccessTokenAuthenticator(tokens.ring)
    told = set()
    for presented in (expiring.token.reveal(), revoked.token.reveal(), "rt_" + "0" * 64 + "-1", "rt_" + "x" * 10_000):
        with pytest.raises(NotAuthenticated) as refused:
            authenticator.authenticate(presented, SOON)
        told.add((refused.value.public, refused.value.hint, tuple(refused.value.headers.items())))
    assert len(told) == 1
    assert len(tokens.ring) == 1


def test_what_is_no_personal_access_token_is_left_to_others(tokens: PersonalTokens) -> None:
    assert PersonalAccessTokenAuthenticator(tokens.ring).authenticate("sd_something", SOON) is None


def test_a_token_ends_with_its_owner(tokens: PersonalTokens) -> None:
    owner = tokens.people.make()
    written = tokens.make(owner).token.reveal()
    world = tokens.people.world
    with world.database.write() as session:
        user = tokens.people.service.get_user(session, owner.organization_id, owner.id)
        tokens.people.service.update_user(session, user, is_active=False)
    world.feed.catch_up()
    assert tokens.ring.find_caller(written, SOON) is None


def test_a_ring_that_starts_later_knows_the_tokens_of_before(tokens: PersonalTokens) -> None:
    world = tokens.people.world
    owner = tokens.people.make()
    written = tokens.make(owner).token.reveal()
    ended = tokens.make(owner)
    with world.database.write() as session:
        tokens.service.revoke_token(session, owner.organization_id, ended.facts.id)
    later = PersonalAccessTokenRing(world.database, world.vault, tokens.people.directory, world.clock)
    later.load()
    assert len(later) == 1
    assert later.find_caller(written, SOON) is not None


def test_last_use_is_written_in_one_batch_and_survives_a_locked_store(
    tokens: PersonalTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = tokens.make(tokens.people.make())
    tokens.ring.find_caller(issued.token.reveal(), SOON)
    world = tokens.people.world
    with monkeypatch.context() as patched:

        def refuse() -> None:
            raise StoreUnavailable(internal="locked")

        patched.setattr(world.database, "write", refuse)
        with pytest.raises(StoreUnavailable):
            tokens.ring.flush_last_used()
    assert tokens.ring.flush_last_used() == 1
    assert tokens.ring.flush_last_used() == 0
    with world.database.read() as session:
        (facts,) = tokens.service.list_tokens(session, world.organization.id).tokens
    assert facts.last_used_at == SOON


def test_the_authenticator_lets_the_owner_in(tokens: PersonalTokens) -> None:
    written = tokens.make(tokens.people.make()).token.reveal()
    caller = PersonalAccessTokenAuthenticator(tokens.ring).authenticate(written, SOON)
    assert caller is not None
    assert caller.name == "ada"


def test_the_end_of_another_kind_of_token_changes_nothing(tokens: PersonalTokens) -> None:
    written = tokens.make(tokens.people.make()).token.reveal()
    expired = tokens.make(tokens.people.make("bob"), lifetime=timedelta(seconds=1))
    world = tokens.people.world
    world.clock.advance(timedelta(seconds=1))
    later = PersonalAccessTokenRing(world.database, world.vault, tokens.people.directory, world.clock)
    later.follow(world.feed)
    later.load()
    with world.database.write() as session:
        record_change(session, "token", "an OAuth token")
        tokens.service.revoke_token(session, world.organization.id, expired.facts.id)
    world.feed.catch_up()
    assert len(later) == 1
    assert later.find_caller(written, SOON) is not None
