"""Settings come from the environment once; what is given on the command line wins, and defaults lose."""

from pathlib import Path

import pytest

from stagedoor.kit.settings import Settings, settings_from_environment


def test_nothing_said_means_the_defaults() -> None:
    settings = settings_from_environment({})
    assert (settings.data_dir, settings.host, settings.port) == (Path(".stagedoor"), "127.0.0.1", 8120)
    assert settings.base_url == "http://127.0.0.1:8120"
    assert settings.store_url == "sqlite:///.stagedoor/stagedoor.db"
    assert settings.trusted_proxies == ()


def test_the_environment_says_each_of_them() -> None:
    settings = settings_from_environment(
        {
            "STAGEDOOR_DATA_DIR": "/var/lib/stagedoor",
            "STAGEDOOR_DATABASE_URL": "postgresql+psycopg:///stagedoor",
            "STAGEDOOR_PUBLIC_BASE_URL": "https://stagedoor.example/",
            "STAGEDOOR_HOST": "::1",
            "STAGEDOOR_PORT": "9000",
            "STAGEDOOR_TRUSTED_PROXIES": "10.0.0.0/8, 192.168.0.0/16,",
        }
    )
    assert settings.data_dir == Path("/var/lib/stagedoor")
    assert settings.store_url == "postgresql+psycopg:///stagedoor"
    assert settings.base_url == "https://stagedoor.example"
    assert (settings.host, settings.port) == ("::1", 9000)
    assert settings.trusted_proxies == ("10.0.0.0/8", "192.168.0.0/16")


def test_what_is_given_wins_and_none_is_not_given() -> None:
    settings = settings_from_environment({"STAGEDOOR_PORT": "9000", "STAGEDOOR_HOST": "::1"}, port=9001, host=None)
    assert (settings.host, settings.port) == ("::1", 9001)


def test_an_address_of_version_six_stands_in_brackets() -> None:
    assert Settings(data_dir=Path(), host="::1").base_url == "http://[::1]:8120"


def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="http"):
        settings_from_environment({"STAGEDOOR_PORT": "http"})


@pytest.mark.parametrize(("word", "reaches"), [("yes", True), ("No", False)])
def test_an_operator_says_whether_webhooks_reach_private_addresses(word: str, reaches: bool) -> None:
    settings = settings_from_environment({"STAGEDOOR_WEBHOOKS_REACH_PRIVATE": word})
    assert settings.webhooks_reach_private is reaches


def test_a_word_that_could_be_meant_as_no_is_not_read_as_yes() -> None:
    with pytest.raises(ValueError, match="yes or no"):
        settings_from_environment({"STAGEDOOR_WEBHOOKS_REACH_PRIVATE": "0"})
