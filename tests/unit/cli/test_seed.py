"""``stagedoor seed``: what a file says is made, what is refused is named, and a key of its own may do it."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.factories.command_line import CommandLine
from tests.factories.wire import Wire, ok

from stagedoor.testing.prepared_store import copy_prepared_store
from stagedoor.testing.seed_file import read_seed

WHERE = ("--tenant", "acme/dev", "--data-dir")
EXAMPLE = Path(__file__).parents[3] / "examples" / "seeds" / "orchestrator.yaml"


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
    file = write(tmp_path, {"folders": [{"name": "Ledger", "queues": [queue]}]})
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


def test_the_example_is_planted_whole_and_names_its_line_the_second_time(
    command_line: CommandLine, data_dir: Path
) -> None:
    file = EXAMPLE.read_text().splitlines()
    done = command_line.run("seed", str(EXAMPLE), *WHERE, str(data_dir), "--output", "json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {
        "users": 2,
        "scripts": 3,
        "folders": 2,
        "queues": 2,
        "items": 2,
        "assets": 4,
        "buckets": 1,
        "processes": 2,
        "jobs": 1,
    }
    listed = command_line.run("robot", "script", "list", *WHERE, str(data_dir), "--output", "json")
    assert [rule["process"] for rule in json.loads(listed.stdout)] == ["month*", "payments", "payments", "invoicebot"]
    again = command_line.run("seed", str(EXAMPLE), *WHERE, str(data_dir))
    assert again.exit_code == 1
    line = file.index("  - UserName: ann") + 1
    assert f"orchestrator.yaml, line {line}, users[0]: the server answered" in again.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("folders:\n  - name: A\n    queue: []\n", "line 3, folders[0].queue is unknown here"),
        ("folders:\n  - {name: A}\n  - {description: b}\n", "line 3, folders[1] needs a name"),
        ("users: {}\nfolders: 3\n", "line 2, folders is to be a list"),
        ("folders:\n  - name: A\n    queues:\n      - Bills\n", "line 4, folders[0].queues[0] is to be a mapping"),
        ("scripts:\n  - process: A\n    when: {a: 1, b: 2}\n", "line 3, scripts[0].when is to name one argument"),
        ("users: []\nusers: []\n", "line 2: users is there twice"),
        ("users: [\n", "is no YAML"),
        ("users: []\nhosts: []\n", "line 2, hosts is unknown here"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_its_line_and_makes_nothing(
    command_line: CommandLine, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "seed.yaml").write_text(text)
    refused = command_line.run("seed", str(tmp_path / "seed.yaml"))
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert command_line.wire.sent == []


def test_dates_in_yaml_stay_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_text("users:\n  - {LastLoginTime: 2026-01-05}\n")
    assert read_seed(tmp_path / "seed.yaml").content == {"users": [{"LastLoginTime": "2026-01-05"}]}
