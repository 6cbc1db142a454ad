"""``stagedoor seed``: what a file says is made, what is refused is named, and a key of its own may do it."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.factories.command_line import CommandLine
from tests.factories.wire import Wire, ok

from stagedoor.testing.prepared_store import copy_prepared_store

WHERE = ("--tenant", "acme/dev", "--data-dir")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("seeded") / "data"
    copy_prepared_store(target)
    return target


def write(directory: Path, seed: Any) -> str:
    path = directory / "seed.json"
    path.write_text(json.dumps(seed))
    return str(path)


def test_what_a_file_says_is_made_and_counted(command_line: CommandLine, data_dir: Path, tmp_path: Path) -> None:
    queue = {"Name": "Bills", "items": [{"Reference": "a"}, {"Reference": "b"}]}
    file = write(tmp_path, {"folders": [{"name": "Finance", "queues": [queue]}]})
    done = command_line.run("seed", file, *WHERE, str(data_dir), "--output", "json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {"folders": 1, "queues": 1, "items": 2}
    again = command_line.run("seed", file, *WHERE, str(data_dir))
    assert again.exit_code == 1
    assert "folders[0].queues[0]: the server answered 409" in again.stderr


def test_a_file_that_asks_for_nothing_makes_nothing(command_line: CommandLine, data_dir: Path, tmp_path: Path) -> None:
    done = command_line.run("seed", write(tmp_path, {}), *WHERE, str(data_dir))
    assert (done.exit_code, done.stdout) == (0, "Made nothing.\n")


@pytest.mark.parametrize(("text", "said"), [("[1]", "holds no mapping"), ("{", "is no JSON")])
def test_what_is_no_seed_is_refused_before_anything_is_asked(
    command_line: CommandLine, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "seed.json").write_text(text)
    refused = command_line.run("seed", str(tmp_path / "seed.json"))
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert command_line.wire.sent == []


def test_a_key_without_the_permission_seeds_nothing(with_key: CommandLine, tmp_path: Path) -> None:
    with_key.wire = Wire(ok({"message": "not for this key"}, status=403))
    file = write(tmp_path, {"users": [{"UserName": "ann"}]})
    refused = with_key.run("seed", file)
    assert refused.exit_code == 1
    assert "users[0]: the server answered 403, not for this key" in refused.stderr
