"""The written form of an access key."""

from stagedoor.identity.api_users.key_form import (
    KEY_LENGTH,
    checksum_of,
    draw_key,
    find_key_id,
    has_right_checksum,
)
from stagedoor.kit.chance import SeededChance


def test_a_drawn_key_has_the_documented_form() -> None:
    drawn = draw_key(SeededChance(1))
    written = drawn.key.reveal()
    assert len(written) == KEY_LENGTH == 63
    assert written.startswith(f"sd_{drawn.id}_")
    assert find_key_id(written) == drawn.id
    assert has_right_checksum(written)


def test_a_new_secret_for_a_key_keeps_its_id() -> None:
    chance = SeededChance(1)
    first = draw_key(chance)
    second = draw_key(chance, first.id)
    assert second.id == first.id
    assert second.key != first.key


def test_every_single_slip_of_the_pen_fails_the_checksum() -> None:
    written = draw_key(SeededChance(1)).key.reveal()
    for place in range(len(written)):
        if written[place] == "_":
            continue
        other = "x" if written[place] != "x" else "y"
        slipped = written[:place] + other + written[place + 1 :]
        assert find_key_id(slipped) is None or not has_right_checksum(slipped)


def test_the_checksum_is_the_crc_32_that_everyone_has() -> None:
    # CRC-32 of "123456789" is 0xCBF43926 = 3421780262.
    assert checksum_of("123456789") == "3jZRME"


def test_a_cut_key_has_no_id() -> None:
    written = draw_key(SeededChance(1)).key.reveal()
    assert find_key_id(written[:-1]) is None
    assert find_key_id(written + "\n") is None
    assert find_key_id(written.replace("_", "-")) is None
    assert find_key_id("") is None
