"""Passwords: hashed slowly, few at once, and in equal time for nobody."""

import threading
from typing import Any

import pytest
from argon2 import PasswordHasher
from tests.factories.people import cheap_passwords

from stagedoor.identity import passwords as room
from stagedoor.identity.passwords import PasswordCost, PasswordRefused, Passwords, PasswordsBusy
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.secret import Secret


def test_the_default_cost_is_argon2id_of_19_mebibytes_and_three_passes() -> None:
    stored = Passwords(SeededChance(1)).hash(Secret("correct horse"))
    assert stored.startswith("$argon2id$v=19$m=19456,t=3,p=1$")


def test_a_right_password_is_right_and_a_wrong_one_wrong() -> None:
    passwords = cheap_passwords(SeededChance(1))
    stored = passwords.hash(Secret("correct horse"))
    assert passwords.is_right(Secret("correct horse"), stored)
    assert not passwords.is_right(Secret("correct horsf"), stored)
    assert not passwords.is_right(Secret(""), stored)


def test_two_users_with_one_password_have_different_hashes() -> None:
    passwords = cheap_passwords(SeededChance(1))
    assert passwords.hash(Secret("correct horse")) != passwords.hash(Secret("correct horse"))


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "with\nnewline", "with\x00nul"])
def test_a_password_without_sense_is_refused(password: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        cheap_passwords(SeededChance(1)).hash(Secret(password))
    assert not password or password not in str(refused.value)


def test_the_same_work_is_done_for_a_user_who_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = cheap_passwords(SeededChance(1))
    stored = passwords.hash(Secret("correct horse"))
    verified: list[str] = []
    real = PasswordHasher.verify

    def counting(hasher: Any, digest: str, password: str) -> bool:
        verified.append(digest.rpartition("$")[0].rpartition("$")[0])
        return bool(real(hasher, digest, password))

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    assert not passwords.is_right(Secret("wrong password"), stored)
    assert not passwords.is_right(Secret("wrong password"), None)
    assert not passwords.is_right(Secret("x" * 10_000), stored)
    assert len(verified) == 3
    assert len(set(verified)) == 1, "each check must cost the same"


def test_an_overlong_password_is_not_right_by_its_beginning() -> None:
    passwords = cheap_passwords(SeededChance(1))
    stored = passwords.hash(Secret("x" * 256))
    assert passwords.is_right(Secret("x" * 256), stored)
    assert not passwords.is_right(Secret("x" * 257), stored)


def test_no_more_than_the_given_number_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(SeededChance(1), at_once=2, cost=PasswordCost(memory_kib=8, passes=1))
    running, most = 0, 0
    lock, inside, go_on = threading.Lock(), threading.Semaphore(0), threading.Event()

    def held(*_: object) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        inside.release()
        go_on.wait(10)
        with lock:
            running -= 1
        return True

    monkeypatch.setattr(PasswordHasher, "verify", held)
    threads = [threading.Thread(target=passwords.is_right, args=(Secret("p"), "h")) for _ in range(6)]
    for thread in threads:
        thread.start()
    inside.acquire(timeout=10)
    inside.acquire(timeout=10)
    assert not inside.acquire(timeout=0.05)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert most == 2


def test_a_flood_is_turned_away_rather_than_queued_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = cheap_passwords(SeededChance(1))
    monkeypatch.setattr(room, "WAITING_MAX", 0)
    with pytest.raises(PasswordsBusy) as busy:
        passwords.is_right(Secret("p"), None)
    assert busy.value.status == 503
    assert busy.value.headers["Retry-After"].isdigit()
