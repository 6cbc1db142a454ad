"""Whatever surrounds a secret, redaction finds it: by its shape anywhere, by its name in a query."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.audit.redaction import (
    _BARE_PAIRS,
    _HINTS,
    _QUOTED_PAIRS,
    _SCHEMES,
    _SHAPES,
    _USER_INFO,
    redact,
    redact_target,
)

CANARY = "CanaryCanary0123456789"

surroundings = st.text(max_size=40)
shapes = st.sampled_from(
    [
        f"sd_Ab12Cd34_{CANARY}",
        f"sdn_Ab12Cd34Ef.{CANARY}-_.{CANARY}",
        f"rt_{CANARY}-1",
        f"eyJhbGciOiJIUzI1NiJ9.{CANARY}.{CANARY}",
        f"Bearer {CANARY}",
        f"Basic {CANARY}=",
        f'"password": "{CANARY}"',
        f"client_secret={CANARY}",
    ]
)
names = st.sampled_from(
    ["password", "client_secret", "access_token", "code", "key", "X-API-Key", "code_verifier", "sig"]
)


@given(before=surroundings, secret=shapes, after=surroundings)
def test_a_shaped_secret_is_found_in_any_text(before: str, secret: str, after: str) -> None:
    assert CANARY not in redact(before + secret + after)


@given(before=surroundings, secret=shapes, after=surroundings)
def test_a_shaped_secret_is_found_in_any_target(before: str, secret: str, after: str) -> None:
    assert CANARY not in redact_target(f"/odata/{before}{secret}{after}")


@given(name=names, encoded=st.sets(st.integers(0, 20)), before=surroundings, after=surroundings, upper=st.booleans())
def test_a_named_value_is_found_however_the_name_is_written(
    name: str, encoded: set[int], before: str, after: str, upper: bool
) -> None:
    written = "".join(
        f"%{ord(letter):02x}" if place in encoded else letter.upper() if upper else letter
        for place, letter in enumerate(name)
    )
    target = f"/odata/Jobs?a={quote(before)}&{written}={CANARY}&b={quote(after)}"
    assert CANARY not in redact_target(target)


@given(text=st.text())
def test_redacted_text_is_not_redacted_further(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize("pattern", [_SHAPES, _USER_INFO, _SCHEMES, _QUOTED_PAIRS, _BARE_PAIRS])
@given(data=st.data())
def test_every_text_that_a_pattern_matches_holds_a_hint(pattern: object, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(pattern))  # type: ignore[arg-type]  # five patterns of one kind
    assert any(hint in text.lower() for hint in _HINTS)
