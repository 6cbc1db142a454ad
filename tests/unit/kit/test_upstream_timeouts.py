"""An operator's words about how long a remote Orchestrator may be silent."""

import pytest

from stagedoor.kit.settings import UpstreamTimeouts, settings_from_environment, upstream_timeouts_of


def test_what_is_not_named_keeps_its_default() -> None:
    assert upstream_timeouts_of(()) == UpstreamTimeouts()
    assert upstream_timeouts_of(("read=5s", " long=600 ")) == UpstreamTimeouts(read=5, long=600)


@pytest.mark.parametrize(
    "text", ["", "read", "read=", "read=0", "read=-1", "read=1m", "read=1.5", "reads=1", "idle=86401"]
)
def test_what_is_no_timeout_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no timeout"):
        upstream_timeouts_of((text,))


def test_the_environment_says_them_and_what_is_answered_from_memory() -> None:
    settings = settings_from_environment(
        {"STAGEDOOR_UPSTREAM_TIMEOUTS": "read=5s, idle=6s", "STAGEDOOR_CACHE": "Jobs_Get=2s, acme/dev:Folders_Get=30s,"}
    )
    assert settings.upstream_timeouts == UpstreamTimeouts(read=5, idle=6)
    assert settings.cache == ("Jobs_Get=2s", "acme/dev:Folders_Get=30s")
    assert settings_from_environment({}).cache == ()
