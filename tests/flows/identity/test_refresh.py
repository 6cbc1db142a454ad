"""Refresh tokens: rotation, families, and the answer that got lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.factories.oauth_house import OAuthHouse

from stagedoor.identity.issued_tokens import store
from stagedoor.identity.issued_tokens.errors import TokenRefused
from stagedoor.identity.issued_tokens.models import RefreshToken
from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI, VENDOR_CLI
from stagedoor.identity.oauth_clients.schemas import Dialect
from stagedoor.kit.errors import StoreUnavailable


def test_a_reused_refresh_token_revokes_the_family(house: OAuthHouse) -> None:
    first = house.tokens()
    second = house.refresh(first["refresh_token"]).json()
    third = house.refresh(second["refresh_token"]).json()
    stolen = house.refresh(first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert house.refresh(third["refresh_token"]).json()["error"] == "invalid_grant"
    for tokens in (first, second, third):
        with pytest.raises(TokenRefused):
            house.server.verifier.verify(tokens["access_token"])


def test_the_family_ends_when_the_grace_is_over(house: OAuthHouse) -> None:
    first = house.tokens()
    second = house.refresh(first["refresh_token"]).json()
    house.world.clock.advance(timedelta(seconds=31))
    assert house.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert house.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_lost_answer_is_given_again_word_by_word(house: OAuthHouse) -> None:
    first = house.tokens()
    lost = house.refresh(first["refresh_token"])
    house.world.clock.advance(timedelta(seconds=30))
    again = house.refresh(first["refresh_token"])
    assert again.json() == lost.json()
    assert house.refresh(again.json()["refresh_token"]).status_code == 200


def test_twenty_refreshes_at_once_end_with_one_answer(house: OAuthHouse) -> None:
    tokens = house.tokens()
    fields = {"grant_type": "refresh_token", "client_id": VENDOR_CLI, "refresh_token": tokens["refresh_token"]}
    endpoint = house.server._endpoints[Dialect.TODAY]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: endpoint.answer(fields, None), range(20)))
    assert {answer.status for answer in answers} == {200}
    assert len({str(answer.body) for answer in answers}) == 1


def test_a_store_that_is_locked_changes_nothing(house: OAuthHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = house.tokens()
    with monkeypatch.context() as patch:
        patch.setattr(store, "drop_answers_leading_to", _away)
        with pytest.raises(StoreUnavailable):
            house.refresh(tokens["refresh_token"])
    assert house.refresh(tokens["refresh_token"]).status_code == 200


def _away(*_: object) -> None:
    raise StoreUnavailable


def test_a_successor_that_was_used_ends_the_grace(house: OAuthHouse) -> None:
    first = house.tokens()
    second = house.refresh(first["refresh_token"]).json()
    house.refresh(second["refresh_token"])
    assert house.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_deliberate_revocation_has_no_grace(house: OAuthHouse) -> None:
    first = house.tokens()
    second = house.refresh(first["refresh_token"]).json()
    fields = {"client_id": VENDOR_CLI, "token": second["refresh_token"]}
    assert house.post("/identity_/connect/revocation", fields).status_code == 200
    assert house.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_the_grace_gives_no_other_scope_than_it_gave(house: OAuthHouse) -> None:
    first = house.tokens(scope="openid OR.Jobs OR.Assets offline_access")
    house.refresh(first["refresh_token"], scope="openid OR.Jobs")
    assert house.refresh(first["refresh_token"]).json()["error"] == "invalid_scope"


def test_the_kept_answer_is_sealed_and_forgotten(house: OAuthHouse) -> None:
    first = house.tokens()
    second = house.refresh(first["refresh_token"]).json()

    def sealed() -> list[str]:
        with house.world.database.read() as session:
            rows = session.scalars(select(RefreshToken.sealed_answer).where(RefreshToken.sealed_answer.is_not(None)))
            return [text for text in rows if text]

    (kept,) = sealed()
    assert kept.startswith("v1.")
    house.refresh(second["refresh_token"])
    assert kept not in sealed()
    house.world.clock.advance(timedelta(seconds=31))
    house.server.clean_up()
    assert sealed() == []


def test_a_refresh_token_lies_hashed_in_the_store(house: OAuthHouse) -> None:
    tokens = house.tokens()
    with house.world.database.read() as session:
        rows = session.scalars(select(RefreshToken.keyed_hash)).all()
    assert rows == [house.world.vault.keyed_hash(tokens["refresh_token"])]


def test_another_client_cannot_use_it_nor_end_the_family_by_trying(house: OAuthHouse) -> None:
    tokens = house.tokens()
    assert house.refresh(tokens["refresh_token"], client_id=STAGEDOOR_CLI).json()["error"] == "invalid_grant"
    assert house.refresh(tokens["refresh_token"]).status_code == 200


def test_it_lives_sixty_days(house: OAuthHouse) -> None:
    tokens = house.tokens()
    house.world.clock.advance(timedelta(days=59, hours=23))
    fresh = house.refresh(tokens["refresh_token"]).json()
    house.world.clock.advance(timedelta(days=60))
    assert house.refresh(fresh["refresh_token"]).json()["error"] == "invalid_grant"


def test_there_is_none_without_offline_access(house: OAuthHouse) -> None:
    assert "refresh_token" not in house.tokens(scope="openid OrchestratorApiUserAccess")


def test_less_can_be_asked_for_and_more_cannot(house: OAuthHouse) -> None:
    tokens = house.tokens(scope="OR.Jobs OR.Assets offline_access")
    assert house.refresh(tokens["refresh_token"], scope="OR.Users").json()["error"] == "invalid_scope"
    less = house.refresh(tokens["refresh_token"], scope="OR.Jobs").json()
    assert less["scope"] == "OR.Jobs"
    whole = house.refresh(less["refresh_token"]).json()
    assert whole["scope"] == "OR.Jobs OR.Assets offline_access"


def test_a_person_who_may_not_sign_in_any_more_is_not_refreshed(house: OAuthHouse) -> None:
    tokens = house.tokens("wim")
    house.server.verifier.verify(tokens["access_token"])
    with house.world.database.write() as session:
        user = house.people.service.get_user(session, house.world.organization.id, house.wim.id)
        house.people.service.update_user(session, user, is_active=False)
    house.world.feed.catch_up()
    assert house.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    with pytest.raises(TokenRefused):
        house.server.verifier.verify(tokens["access_token"])


@pytest.mark.parametrize("refresh_token", ["", "x", "sdr_" + "0" * 43])
def test_what_is_no_refresh_token_is_refused(house: OAuthHouse, refresh_token: str) -> None:
    answer = house.refresh(refresh_token)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_grant", "invalid_request")


def test_old_rows_are_cleaned_up(house: OAuthHouse) -> None:
    house.tokens()
    house.world.clock.advance(timedelta(days=61))
    house.server.clean_up()
    with house.world.database.read() as session:
        assert session.scalars(select(RefreshToken.keyed_hash)).all() == []
