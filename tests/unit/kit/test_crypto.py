import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.kit.chance import SystemChance
from stagedoor.kit.crypto import SealBroken, Vault
from stagedoor.kit.secret import Secret

VAULT = Vault(b"k" * 32)


@given(st.text())
def test_what_was_sealed_opens_again(value: str) -> None:
    sealed = VAULT.seal(Secret(value), context="row:1", chance=SystemChance())
    assert VAULT.unseal(sealed, context="row:1") == Secret(value)
    assert value == "" or value not in sealed or len(value) < 8


def test_a_sealed_value_moved_to_another_row_does_not_open() -> None:
    sealed = VAULT.seal(Secret("canary"), context="row:1", chance=SystemChance())
    with pytest.raises(SealBroken):
        VAULT.unseal(sealed, context="row:2")


def test_another_master_key_does_not_open_it() -> None:
    sealed = VAULT.seal(Secret("canary"), context="row:1", chance=SystemChance())
    with pytest.raises(SealBroken):
        Vault(b"x" * 32).unseal(sealed, context="row:1")


@pytest.mark.parametrize("broken", ["", "v1", "v2.x.y", "v1.deadbeef.!!!", "a.b.c.d"])
def test_what_was_never_sealed_does_not_open(broken: str) -> None:
    with pytest.raises(SealBroken):
        VAULT.unseal(broken, context="row:1")


def test_a_keyed_hash_depends_on_the_key() -> None:
    assert VAULT.keyed_hash("value") == VAULT.keyed_hash("value")
    assert VAULT.keyed_hash("value") != Vault(b"x" * 32).keyed_hash("value")
    assert len(VAULT.keyed_hash("value")) == 64
