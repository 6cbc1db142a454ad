"""The master key changes under a running server: no request fails, and a kill in the middle loses nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest
from tests.factories.administrator import administrator_of
from tests.factories.patience import eventually
from tests.factories.sealed_world import FIRST, SECOND
from tests.factories.served import Served, served
from tests.factories.signing_in import tokens_for

from stagedoor.admin.sealing.errors import MasterKeyWrong
from stagedoor.admin.sealing.sealed_columns import SEALED_COLUMNS
from stagedoor.admin.sealing.service import open_sealing_keys
from stagedoor.identity.oauth_clients.first_party import STAGEDOOR_CLI
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.clock import SystemClock
from stagedoor.kit.crypto import MasterKey
from stagedoor.kit.db import Database
from stagedoor.kit.master_key_source import GivenKey, KeyFile
from stagedoor.kit.secret import Secret

WORKERS = 2
CALLERS = 3
MANY = 12_000
REWRAP_SECONDS_MAX = 120


@dataclass
class Load:
    """Callers that store secrets and use what others stored, each as long as it goes on."""

    house: Served
    made: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def go_on(self, caller: int, tokens: dict[str, Any]) -> None:
        with httpx2.Client(timeout=20) as client:
            number = 0
            while not self.over.is_set():
                number += 1
                try:
                    self._once(client, f"made-{caller}-{number}", tokens)
                except Exception as failure:  # noqa: BLE001  # whatever it is, the test shows it
                    self.failed.append(repr(failure))

    def _once(self, client: httpx2.Client, name: str, tokens: dict[str, Any]) -> None:
        # Exchanging a refresh token seals the answer; signing the token opens the signing key; the asset is sealed.
        form = {"grant_type": "refresh_token", "client_id": STAGEDOOR_CLI, "refresh_token": tokens["refresh_token"]}
        answer = client.post(f"{self.house.base_url}/identity_/connect/token", data=form)
        assert answer.status_code == 200, answer.text
        tokens.update(answer.json())
        answer = client.post(
            f"{self.house.orchestrator_url}/odata/Assets",
            headers={"Authorization": f"Bearer {tokens['access_token']}", "X-UIPATH-FolderPath": "Shared"},
            json={
                "Name": name,
                "ValueType": "Credential",
                "ValueScope": "Global",
                "CredentialUsername": "robot",
                "CredentialPassword": f"secret of {name}",
            },
        )
        assert answer.status_code == 201, answer.text
        self.made.append(name)
        bearer = {"Authorization": f"Bearer {self.house.sample_key}"}
        answer = client.get(f"{self.house.orchestrator_url}/odata/QueueDefinitions", headers=bearer)
        assert answer.status_code == 200, answer.text


@contextmanager
def load_on(house: Served) -> Iterator[Load]:
    load = Load(house)
    signed_in = [tokens_for(house.base_url, house.admin_username, house.admin_password) for _ in range(CALLERS)]
    with ThreadPoolExecutor(CALLERS) as pool:
        callers: list[Future[None]] = [
            pool.submit(load.go_on, caller, tokens) for caller, tokens in enumerate(signed_in)
        ]
        try:
            eventually(lambda: len(load.made), lambda count: count >= CALLERS)
            yield load
        finally:
            load.over.set()
        for caller in callers:
            caller.result(30)


def rewrapping(house: Served, *options: str, environment: dict[str, str] | None = None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "stagedoor", "secrets", "rewrap", "--data-dir", str(house.data_dir), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | (environment or {}),
    )


def rewrap(house: Served, *options: str, environment: dict[str, str] | None = None) -> str:
    said, wrong = (process := rewrapping(house, *options, environment=environment)).communicate(
        timeout=REWRAP_SECONDS_MAX
    )
    assert process.returncode == 0, said + wrong
    return said


def store_url(house: Served) -> str:
    return f"sqlite:///{house.data_dir / 'stagedoor.db'}"


def states(house: Served) -> dict[str, int]:
    """Return how many sealed assets there are for each state that a key has."""
    with closing(sqlite3.connect(house.data_dir / "stagedoor.db", timeout=10)) as store:
        rows = store.execute(
            "SELECT state, (SELECT count(*) FROM assets WHERE substr(sealed_secret, 4, 8) = sealing_keys.id)"
            " FROM sealing_keys"
        )
        return dict(rows.fetchall())


def seal_many(house: Served) -> None:
    """Put assets into the store as another process of the house would, so that a change of the key takes a while."""
    database = Database(store_url(house))
    key = KeyFile(house.data_dir / "master.key").read()
    chance = SystemChance()
    try:
        with database.write() as session:
            [tenant_id] = session.connection().exec_driver_sql("SELECT id FROM tenants").scalars()
            rows = [
                (tenant_id, f"many-{number}", key.seal(Secret("s"), context=f"asset:many-{number}", chance=chance))
                for number in range(MANY)
            ]
            session.connection().exec_driver_sql(
                "INSERT INTO assets (tenant_id, key, name, value_scope, value_type, has_default_value, text_value,"
                " bool_value, int_value, credential_username, sealed_secret, key_value_list,"
                " allow_direct_api_access, tags, created_at, creator_user_number)"
                " VALUES (?, ?, 'many', 0, 5, true, '', false, 0, '', ?, '[]', false, '[]', '2030-01-01', 1)",
                rows,
            )
    finally:
        database.close()


def open_everything(house: Served, key: MasterKey) -> dict[str, int]:
    """Open every sealed value with what ``key`` leads to; return how many each column holds."""
    database = Database(store_url(house))
    try:
        keys = open_sealing_keys(database, GivenKey(key.to_secret()), SystemClock(), SystemChance())
        opened = {}
        with database.read() as session:
            for column in SEALED_COLUMNS:
                statement = column.table.select().with_only_columns(column.named_by, column.value)
                rows = session.execute(statement.where(column.value.is_not(None))).all()
                for named, sealed in rows:
                    keys.vault.unseal(sealed, context=column.context_of(named))
                opened[column.name] = len(rows)
        return opened
    finally:
        database.close()


MOMENTS: list[tuple[str, Callable[[dict[str, int]], bool]]] = [
    ("the new key is known", lambda found: "coming" in found),
    ("the first values are sealed again", lambda found: "former" in found and found["current"] > 0),
]


def test_the_key_changes_under_load_and_a_kill_at_any_moment_loses_nothing(own_data_dir: Path) -> None:
    with served(own_data_dir, "--workers", str(WORKERS)) as house:
        former = KeyFile(house.data_dir / "master.key").read()
        seal_many(house)
        with load_on(house) as load:
            for moment, is_now in MOMENTS:
                process = rewrapping(house)
                eventually(lambda: states(house), lambda found, is_now=is_now: is_now(found))
                process.send_signal(signal.SIGKILL)
                assert process.wait(10) == -signal.SIGKILL, f"it was through before {moment}"
                process.communicate()
                assert len(states(house)) == 2, moment
                # Either key opens everything, whatever the store's state.
                open_everything(house, former)
                open_everything(house, KeyFile(house.data_dir / "master.key").read())
            assert "forgotten" in rewrap(house)
            more = len(load.made) + CALLERS
            eventually(lambda: len(load.made), lambda count: count >= more)
        assert load.failed == []
        assert set(states(house)) == {"current"}
        current = KeyFile(house.data_dir / "master.key").read()
        assert current.id != former.id
        opened = open_everything(house, current)
        assert opened["assets.sealed_secret"] >= MANY + len(load.made)
        assert opened["refresh_tokens.sealed_answer"] > 0
        assert opened["signing_keys.sealed_private_key"] == 1
        with pytest.raises(MasterKeyWrong):
            open_everything(house, former)
        assert former.to_secret().reveal() not in house.log()
        assert current.to_secret().reveal() not in house.log()
    # What the server holds in memory was true: it starts again, and with the former key it says what is wrong.
    with served(own_data_dir) as again, administrator_of(again) as administrator:
        found = administrator.orchestrator.get(
            "/odata/Assets",
            params={"$filter": "startswith(Name, 'made-')", "$count": "true", "$top": 1},
            headers={"X-UIPATH-FolderPath": "Shared"},
        )
        assert found.json()["@odata.count"] == len(load.made)
    KeyFile(own_data_dir / "master.key").replace(former)
    told = f"is {former.id}, and this store is sealed with {current.id}"
    with pytest.raises(AssertionError, match=told), served(own_data_dir):
        pass


def test_workers_are_handed_a_key_that_lies_in_no_file_and_the_new_one_after_a_change(own_data_dir: Path) -> None:
    first = {"STAGEDOOR_MASTER_KEY": FIRST.to_secret().reveal()}
    with served(own_data_dir, "--workers", str(WORKERS), environment=first) as house:
        assert not (own_data_dir / "master.key").exists()
        before = workers_of(house)
        for pid in before:
            assert FIRST.to_secret().reveal().encode() not in Path(f"/proc/{pid}/environ").read_bytes()
            assert FIRST.to_secret().reveal().encode() not in Path(f"/proc/{pid}/cmdline").read_bytes()
        new_key = own_data_dir / "new.key"
        KeyFile(new_key).replace(SECOND)
        assert "is kept" in rewrap(house, "--new-key-file", str(new_key), environment=first)
        second = {"STAGEDOOR_MASTER_KEY": SECOND.to_secret().reveal()}
        assert "forgotten" in rewrap(house, environment=second)
        os.kill(min(before), signal.SIGKILL)
        eventually(lambda: workers_of(house), lambda found: len(found) == WORKERS and min(before) not in found)
        assert "worker_not_replaced" not in house.log()
        for _ in range(10):
            with administrator_of(house) as administrator:
                assert administrator.management.get("/tenants").status_code == 200
    with served(own_data_dir, environment=second):
        pass


def test_a_command_is_asked_once_for_all_workers(own_data_dir: Path) -> None:
    own_data_dir.mkdir()
    asked = own_data_dir / "asked"
    script = own_data_dir / "key.sh"
    script.write_text(f"#!/bin/sh\necho once >> {asked}\necho {FIRST.to_secret().reveal()}\n")
    script.chmod(0o700)
    with served(own_data_dir, "--workers", str(WORKERS), "--master-key-command", str(script)) as house:
        before = workers_of(house)
        house.process.send_signal(signal.SIGHUP)
        eventually(lambda: workers_of(house), lambda found: len(found) == WORKERS and not found & before)
        assert asked.read_text() == "once\n"
        assert FIRST.to_secret().reveal() not in house.log()


def test_a_command_that_fails_is_told_by_its_own_words(own_data_dir: Path) -> None:
    with (
        pytest.raises(AssertionError, match=r"failed with status 2: .*no-such-file"),
        served(own_data_dir, "--workers", str(WORKERS), "--master-key-command", "ls /no-such-file"),
    ):
        pass


def workers_of(house: Served) -> set[int]:
    """Return the processes that the supervisor started and that have not ended."""
    children = Path(f"/proc/{house.process.pid}/task/{house.process.pid}/children").read_text().split()
    return {int(pid) for pid in children if Path(f"/proc/{pid}/cmdline").read_bytes()}
