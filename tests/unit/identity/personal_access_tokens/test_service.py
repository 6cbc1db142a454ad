"""Personal access tokens as they are made, listed and ended."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.acme import START, acme
from tests.factories.people import people_of
from tests.factories.personal_access_tokens import PersonalTokens, personal_tokens_of

from stagedoor.identity.personal_access_tokens.errors import PersonalAccessTokenNotFound, PersonalAccessTokenRefused


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[PersonalTokens]:
    with acme(tmp_path) as world:
        yield personal_tokens_of(people_of(world))


def test_a_token_has_the_vendors_form_and_is_stored_as_a_hash(tokens: PersonalTokens) -> None:
    issued = tokens.make(tokens.people.make())
    written = issued.token.reveal()
    assert re.fullmatch(r"rt_[0-9a-f]{64}-1", written)
    assert written not in repr(issued)
    world = tokens.people.world
    stored = b"".join(file.read_bytes() for file in Path(str(world.database.url.database)).parent.iterdir())
    assert written[3:-2].encode() not in stored


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 129}, "name"),
        ({"scopes": ()}, "scopes"),
        ({"lifetime": timedelta(0)}, "expires_at"),
        ({"lifetime": timedelta(days=366)}, "expires_at"),
    ],
)
def test_an_order_without_sense_is_refused(tokens: PersonalTokens, change: dict[str, object], field: str) -> None:
    owner = tokens.people.make()
    with pytest.raises(PersonalAccessTokenRefused, match=field):
        tokens.make(owner, **change)  # type: ignore[arg-type]  # one field at a time, of its own type


def test_a_directory_user_can_have_none(tokens: PersonalTokens) -> None:
    with pytest.raises(PersonalAccessTokenRefused) as refused:
        tokens.make(tokens.people.make(is_directory_user=True))
    assert refused.value.status == 409


def test_a_token_can_be_ended_by_its_owner_and_by_an_administrator_and_by_nobody_else(tokens: PersonalTokens) -> None:
    ada, bob = tokens.people.make("ada"), tokens.people.make("bob")
    first, second = tokens.make(ada).facts, tokens.make(ada).facts
    world = tokens.people.world
    with world.database.write() as session:
        with pytest.raises(PersonalAccessTokenNotFound):
            tokens.service.revoke_token(session, ada.organization_id, first.id, user_id=bob.id)
        with pytest.raises(PersonalAccessTokenNotFound):
            tokens.service.revoke_token(session, "another organization", first.id, user_id=ada.id)
        with pytest.raises(PersonalAccessTokenNotFound):
            tokens.service.revoke_token(session, "another organization", first.id)
        assert tokens.service.revoke_token(session, ada.organization_id, first.id, user_id=ada.id).revoked_at == START
        assert tokens.service.revoke_token(session, ada.organization_id, second.id).revoked_at == START
    world.clock.advance(timedelta(hours=1))
    with world.database.write() as session:
        again = tokens.service.revoke_token(session, ada.organization_id, first.id, user_id=ada.id)
    assert again.revoked_at == START


def test_owners_see_their_own_and_pages_follow_each_other(tokens: PersonalTokens) -> None:
    ada, bob = tokens.people.make("ada"), tokens.people.make("bob")
    mine = {tokens.make(ada).facts.id for _ in range(3)}
    theirs = tokens.make(bob).facts.id
    organization_id = ada.organization_id
    with tokens.people.world.database.read() as session:
        first = tokens.service.list_tokens(session, organization_id, user_id=ada.id, limit=2)
        rest = tokens.service.list_tokens(session, organization_id, user_id=ada.id, cursor=first.next_cursor, limit=2)
        everybody = tokens.service.list_tokens(session, organization_id)
        elsewhere = tokens.service.list_tokens(session, "another organization")
    assert {facts.id for facts in (*first.tokens, *rest.tokens)} == mine
    assert rest.next_cursor is None
    assert {facts.id for facts in everybody.tokens} == mine | {theirs}
    assert elsewhere.tokens == ()
