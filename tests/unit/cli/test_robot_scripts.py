"""``stagedoor robot script``: rules are listed, made and taken away; what is no script is sent to nobody."""

import json
from pathlib import Path

import pytest
from tests.factories.command_line import CommandLine

from stagedoor.testing.prepared_store import copy_prepared_store

WHERE = ("--tenant", "acme/dev", "--data-dir")
SEEDED = "invoicebot"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    target = tmp_path_factory.mktemp("scripted") / "data"
    copy_prepared_store(target)
    return str(target)


def test_a_rule_is_made_shown_replaced_and_taken_away(command_line: CommandLine, data_dir: str) -> None:
    faulty = ("--ends", "fault", "--reason", "No number.", "--runs", "30", "--log", "warn: look")
    rule = command_line.json("robot", "script", "set", "Bill*", *faulty, "--when", "Amount=13", *WHERE, data_dir)
    assert (rule["process"], rule["when"]) == ("bill*", {"Amount": 13})
    assert rule["script"]["logs"] == [{"level": "Warn", "message": "look"}]
    replaced = command_line.run("robot", "script", "set", "BILL*", "--when", "Amount=13", *WHERE, data_dir)
    assert "they wait 1 s, run 2 s and succeed" in replaced.stdout
    listed = command_line.run("robot", "script", "list", *WHERE, data_dir)
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    assert [row[1:4] for row in rows] == [["bill*", "Amount=13", "succeed"], [SEEDED, "", "succeed"]]
    gone = command_line.run("robot", "script", "clear", rows[0][0], *WHERE, data_dir)
    assert gone.exit_code == 0, gone.stderr
    assert [it["process"] for it in command_line.json("robot", "script", "list", *WHERE, data_dir)] == [SEEDED]
    unknown = command_line.run("robot", "script", "clear", "999", *WHERE, data_dir)
    assert (unknown.exit_code, "no script rule 999" in unknown.stderr) == (1, True)


def test_a_file_gives_the_script_and_options_win_over_it(
    command_line: CommandLine, data_dir: str, tmp_path: Path
) -> None:
    (tmp_path / "script.json").write_text('{"pendingSeconds": 5, "runningSeconds": 7, "ending": "hang"}')
    given = ("--script", str(tmp_path / "script.json"), "--runs", "9", "--returns", '{"a": 1}')
    rule = command_line.json("robot", "script", "set", "Filed", *given, *WHERE, data_dir)
    script = rule["script"]
    assert (script["pendingSeconds"], script["runningSeconds"], script["ending"]) == (5, 9, "hang")
    assert script["output"] == {"a": 1}
    everything = command_line.run("robot", "script", "clear", "--all", *WHERE, data_dir)
    assert everything.stdout == "Every rule is gone.\n"
    empty = command_line.run("robot", "script", "list", *WHERE, data_dir)
    assert (empty.stdout, "every job waits a second" in empty.stderr) == ("", True)


def test_what_the_server_refuses_of_a_script_is_named(command_line: CommandLine, data_dir: str) -> None:
    command = ("robot", "script", "set", "X", "--script", "-", *WHERE, data_dir)
    refused = command_line.run(*command, input=json.dumps({"ending": "explode"}))
    assert refused.exit_code == 1
    assert "The ending field must be one of" in refused.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "X", "--returns", "[1]"), "--returns"),
        (("set", "X", "--returns", "{"), "is no JSON"),
        (("set", "X", "--log", "hello"), "begin with a level"),
        (("set", "X", "--when", "Amount"), "NAME=VALUE"),
        (("clear",), "or say --all"),
        (("clear", "1", "--all"), "or say --all"),
    ],
)
def test_what_is_wrong_on_the_command_line_asks_nobody(
    command_line: CommandLine, words: tuple[str, ...], said: str
) -> None:
    refused = command_line.run("robot", "script", *words)
    assert (refused.exit_code, said in refused.stderr) == (2, True)
    assert command_line.wire.sent == []


def test_help_of_the_robot_names_its_scripts(command_line: CommandLine) -> None:
    assert "script" in command_line.run("robot", "--help").stdout
    told = command_line.run("robot", "script", "--help").stdout
    assert [word for word in ("list", "set", "clear") if word not in told] == []
