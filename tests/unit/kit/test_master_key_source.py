"""The master key comes from one place, and each thing that can be wrong there is told with what to do."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stagedoor.kit import master_key_source
from stagedoor.kit.chance import SystemChance
from stagedoor.kit.crypto import MasterKey
from stagedoor.kit.master_key_source import (
    GivenKey,
    KeyCommand,
    KeyFile,
    MasterKeyUnusable,
    key_source,
    with_key_in_hand,
)
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings, settings_from_environment

HEX = "5a" * 32
ID = MasterKey(b"Z" * 32).id


def python(code: str) -> str:
    return f'{sys.executable} -c "{code}"'


class TestFile:
    def test_a_key_is_made_whole_and_for_its_owner_alone(self, tmp_path: Path) -> None:
        file = KeyFile(tmp_path / "master.key")
        made = file.make(SystemChance())
        assert file.read().id == made.id
        assert file.path.stat().st_mode & 0o777 == 0o600
        assert os.listdir(tmp_path) == ["master.key"]

    def test_of_many_that_make_it_at_once_all_get_one_key(self, tmp_path: Path) -> None:
        file = KeyFile(tmp_path / "master.key")
        with ThreadPoolExecutor(16) as pool:
            ids = set(pool.map(lambda _: file.make(SystemChance()).id, range(64)))
        assert ids == {file.read().id}
        assert os.listdir(tmp_path) == ["master.key"]

    def test_a_key_is_replaced_whole_and_a_link_stays_a_link(self, tmp_path: Path) -> None:
        there = KeyFile(tmp_path / "there.key")
        there.make(SystemChance())
        link = tmp_path / "master.key"
        link.symlink_to(there.path)
        KeyFile(link).replace(MasterKey.of_hex(HEX))
        assert link.is_symlink()
        assert there.read().id == ID
        assert there.path.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644])
    def test_a_file_that_others_can_read_or_write_is_refused(self, tmp_path: Path, mode: int) -> None:
        path = tmp_path / "master.key"
        path.write_text(HEX)
        path.chmod(mode)
        with pytest.raises(MasterKeyUnusable, match=f"mode is {mode:04o}") as refused:
            KeyFile(path).read()
        assert f"chmod 600 {path}" in str(refused.value.hint)
        path.chmod(0o600)
        assert KeyFile(path).read().id == ID

    def test_a_file_of_another_user_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        KeyFile(tmp_path / "master.key").make(SystemChance())
        os.chown(tmp_path / "master.key", 1, 1) if os.geteuid() == 0 else monkeypatch.setattr(os, "geteuid", lambda: 1)
        with pytest.raises(MasterKeyUnusable, match="belongs to another user"):
            KeyFile(tmp_path / "master.key").read()

    def test_a_missing_file_is_not_made_by_reading(self, tmp_path: Path) -> None:
        with pytest.raises(MasterKeyUnusable, match="There is no master key") as missing:
            KeyFile(tmp_path / "master.key").read()
        assert "openssl rand -hex 32" in str(missing.value.hint)
        assert os.listdir(tmp_path) == []

    def test_a_directory_and_a_pipe_are_no_key(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe", 0o600)
        for path in (tmp_path, tmp_path / "pipe"):
            with pytest.raises(MasterKeyUnusable, match="is no file"):
                KeyFile(path).read()

    def test_a_file_that_cannot_be_opened_is_told(self, tmp_path: Path) -> None:
        loop = tmp_path / "loop"
        loop.symlink_to(loop)
        with pytest.raises(MasterKeyUnusable, match="cannot be read"):
            KeyFile(loop).read()

    @pytest.mark.parametrize(("text", "said"), [("", "is empty"), ("canary" * 20, "no key"), ("é" * 64, "no key")])
    def test_what_is_no_key_is_told_and_not_shown(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "master.key"
        path.write_text(text)
        path.chmod(0o600)
        with pytest.raises(MasterKeyUnusable, match=said) as refused:
            KeyFile(path).read()
        assert "canary" not in f"{refused.value.public} {refused.value.hint} {refused.value.internal}"


class TestCommand:
    def test_its_output_is_the_key(self) -> None:
        assert KeyCommand(python(f"print('{HEX}')")).read().id == ID

    def test_it_does_not_get_the_variable_that_may_hold_a_key(self) -> None:
        code = f"import os; print('{HEX}' if 'STAGEDOOR_MASTER_KEY' not in os.environ and os.environ['A'] else 'no')"
        assert KeyCommand(python(code), {"STAGEDOOR_MASTER_KEY": "x", "A": "1"}).read().id == ID

    def test_a_failure_is_told_with_its_last_words_and_without_what_looks_like_a_key(self) -> None:
        code = f"import sys; sys.exit('first\\nno token for {HEX}')"
        with pytest.raises(MasterKeyUnusable) as failed:
            KeyCommand(python(code)).read()
        assert failed.value.public.endswith("failed with status 1: no token for ***.")

    def test_a_silent_failure_is_told(self) -> None:
        with pytest.raises(MasterKeyUnusable, match=r"failed with status 7\.$"):
            KeyCommand(python("raise SystemExit(7)")).read()

    def test_one_that_takes_too_long_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(master_key_source, "COMMAND_SECONDS_MAX", 0.2)
        with pytest.raises(MasterKeyUnusable, match=r"did not end within 0\.2 seconds"):
            KeyCommand("sleep 60").read()

    def test_what_it_prints_besides_a_key_is_not_shown(self) -> None:
        with pytest.raises(MasterKeyUnusable, match="is no key") as refused:
            KeyCommand(python("print('canary')")).read()
        assert "canary" not in f"{refused.value.public} {refused.value.hint}"

    @pytest.mark.parametrize(("command", "said"), [("", "empty"), ("'", "cannot be read"), ("/no/such", "no such")])
    def test_what_cannot_be_run_is_told(self, command: str, said: str) -> None:
        with pytest.raises(MasterKeyUnusable, match=said):
            KeyCommand(command).read()

    def test_its_arguments_are_not_shown(self) -> None:
        command = KeyCommand("/no/such --token canary")
        with pytest.raises(MasterKeyUnusable) as failed:
            command.read()
        assert "canary" not in f"{command.description} {failed.value.public} {failed.value.hint}"


class TestChoice:
    def test_without_anything_it_is_a_file_where_data_lie(self, tmp_path: Path) -> None:
        source = key_source(Settings(data_dir=tmp_path))
        assert source == KeyFile(tmp_path / "master.key", is_ours=True)

    def test_each_variable_names_a_source(self) -> None:
        given = settings_from_environment({"STAGEDOOR_MASTER_KEY": HEX})
        assert key_source(given).read().id == ID
        file = key_source(settings_from_environment({"STAGEDOOR_MASTER_KEY_FILE": "/run/key"}))
        assert file == KeyFile(Path("/run/key"), is_ours=False)
        command = key_source(settings_from_environment({"STAGEDOOR_MASTER_KEY_COMMAND": "show key"}))
        assert command.description == "the output of show"

    def test_several_at_once_are_refused(self) -> None:
        variables = {"STAGEDOOR_MASTER_KEY": HEX, "STAGEDOOR_MASTER_KEY_FILE": "/run/key"}
        with pytest.raises(MasterKeyUnusable, match="more than one way"):
            key_source(settings_from_environment(variables))

    def test_an_empty_variable_is_an_error_and_no_reason_to_take_another_key(self) -> None:
        with pytest.raises(MasterKeyUnusable, match="is empty"):
            key_source(settings_from_environment({"STAGEDOOR_MASTER_KEY": ""})).read()

    def test_settings_do_not_print_it(self) -> None:
        variables = {"STAGEDOOR_MASTER_KEY": HEX, "STAGEDOOR_MASTER_KEY_COMMAND": "show --token canary"}
        assert HEX not in repr(settings_from_environment(variables))
        assert "canary" not in repr(settings_from_environment(variables))

    def test_a_key_that_lies_in_no_file_is_taken_in_hand_once(self, tmp_path: Path) -> None:
        settings = settings_from_environment({"STAGEDOOR_MASTER_KEY_COMMAND": python(f"print('{HEX}')")})
        held = with_key_in_hand(settings)
        assert held.master_key == Secret(HEX)
        assert key_source(held) == GivenKey(Secret(HEX))
        of_file = Settings(data_dir=tmp_path)
        assert with_key_in_hand(of_file) is of_file
