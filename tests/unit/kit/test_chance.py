import uuid

from stagedoor.kit.chance import BASE62, SeededChance, SystemChance, random_base62, random_guid


def test_the_same_seed_gives_the_same_chance() -> None:
    assert random_base62(SeededChance(1), 43) == random_base62(SeededChance(1), 43)
    assert random_base62(SeededChance(1), 43) != random_base62(SeededChance(2), 43)


def test_base62_uses_each_letter_about_equally() -> None:
    drawn = random_base62(SeededChance(7), 62_000)
    counts = [drawn.count(letter) for letter in BASE62]
    assert sum(counts) == 62_000
    assert min(counts) > 850
    assert max(counts) < 1150


def test_a_guid_is_of_version_4() -> None:
    assert uuid.UUID(random_guid(SystemChance())).version == 4
