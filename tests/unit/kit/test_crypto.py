import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.kit.chance import SystemChance
from stagedoor.kit.crypto import KeyRing, MasterKey, SealBroken, SealingKeyUnknown, Vault, sealing_key_id
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


def test_a_value_of_a_former_key_opens_and_new_ones_are_sealed_with_the_current() -> None:
    former, current = MasterKey(b"f" * 32), MasterKey(b"c" * 32)
    vault = Vault(former)
    old = vault.seal(Secret("canary"), context="row:1", chance=SystemChance())
    vault.hold(KeyRing.of(current, [former]))
    assert vault.unseal(old, context="row:1") == Secret("canary")
    new = vault.seal(Secret("canary"), context="row:1", chance=SystemChance())
    assert (sealing_key_id(old), sealing_key_id(new)) == (former.id, current.id)


def test_hashes_stay_when_the_master_key_changes() -> None:
    vault = Vault(b"f" * 32)
    before = vault.keyed_hash("value")
    vault.hold(KeyRing.of(MasterKey(b"c" * 32)))
    assert vault.keyed_hash("value") == before
    assert Vault(b"c" * 32, hash_key=MasterKey(b"f" * 32).derived_hash_key()).keyed_hash("value") == before


def test_an_unknown_key_is_named_and_what_to_do_is_said() -> None:
    sealed = VAULT.seal(Secret("canary"), context="row:1", chance=SystemChance())
    with pytest.raises(SealingKeyUnknown, match=VAULT.key_id) as unknown:
        Vault(b"x" * 32).unseal(sealed, context="row:1")
    assert "secrets status" in str(unknown.value.hint)


def test_a_stored_value_of_an_unknown_key_has_the_vault_look_for_it_once() -> None:
    other = MasterKey(b"o" * 32)
    vault = Vault(b"k" * 32)
    looked: list[bool] = []

    def look() -> None:
        looked.append(True)
        vault.hold(KeyRing.of(other, vault.ring.known.values()))

    vault.on_unknown_key(look)
    sealed = other.seal(Secret("canary"), context="row:1", chance=SystemChance())
    assert vault.unseal(sealed, context="row:1") == Secret("canary")
    assert vault.unseal(sealed, context="row:1") == Secret("canary")
    assert looked == [True]


def test_whatever_key_a_stranger_names_nobody_looks_for_it() -> None:
    vault = Vault(b"k" * 32)
    vault.on_unknown_key(lambda: pytest.fail("looked"))
    with pytest.raises(SealingKeyUnknown):
        vault.unseal_presented("v1.deadbeef.AAAA", context="row:1")
    sealed = vault.seal(Secret("canary"), context="row:1", chance=SystemChance())
    assert vault.unseal_presented(sealed, context="row:1") == Secret("canary")


def test_a_master_key_is_not_printed_and_reads_what_it_writes() -> None:
    key = MasterKey.draw(SystemChance())
    assert MasterKey.of_hex(f" {key.to_secret().reveal()}\n").id == key.id
    assert key.to_secret().reveal() not in f"{key!r} {key} {key.id}"
    assert repr(key) == f"MasterKey({key.id})"


@pytest.mark.parametrize("text", ["", "00" * 31, "00" * 33, "zz" * 32])
def test_anything_but_32_bytes_is_no_master_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"32|hex"):
        MasterKey.of_hex(text)
