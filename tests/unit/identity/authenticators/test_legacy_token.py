"""Tokens of the old login as credentials."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.acme import START, acme
from tests.factories.legacy import Legacy, legacy_of
from tests.factories.people import people_of

from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.identity.authenticators.legacy_token import LegacyTokenAuthenticator


@pytest.fixture
def legacy(tmp_path: Path) -> Iterator[Legacy]:
    with acme(tmp_path) as world:
        made = legacy_of(people_of(world))
        made.people.make()
        yield made


def test_the_holder_of_a_token_is_let_in(legacy: Legacy) -> None:
    caller = LegacyTokenAuthenticator(legacy.tokens).authenticate(legacy.log_in(), START)
    assert caller is not None
    assert caller.name == "ada"


def test_what_is_no_legacy_token_is_left_to_others(legacy: Legacy) -> None:
    assert LegacyTokenAuthenticator(legacy.tokens).authenticate("sd_key", START) is None


def test_the_holder_of_an_ended_token_is_told_why_and_a_stranger_is_not(legacy: Legacy) -> None:
    authenticator = LegacyTokenAuthenticator(legacy.tokens)
    token = legacy.log_in()
    with pytest.raises(NotAuthenticated, match="unknown") as stranger:
        authenticator.authenticate("sl_forged", START)
    assert stranger.value.hint == NotAuthenticated.hint
    with pytest.raises(NotAuthenticated) as late:
        authenticator.authenticate(token, START + timedelta(minutes=30))
    assert "Log in again" in str(late.value.hint)
    legacy.set_window(is_open=False)
    with pytest.raises(NotAuthenticated) as closed:
        authenticator.authenticate(token, START)
    assert "switched off" in str(closed.value.hint)
    assert "access key" in str(closed.value.hint)
