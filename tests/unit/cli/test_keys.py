"""``stagedoor key …``: several words after one flag, the secret once, and nothing else on stdout."""

import json
from typing import ClassVar

import pytest
from tests.factories.command_line import CommandLine
from tests.factories.wire import Wire, ok

from stagedoor.cli.several_words import spread

KEY = {
    "id": "k1",
    "name": "nightly",
    "organization": "acme",
    "tenant": "acme/dev",
    "allow": ["Jobs_StartJobs"],
    "folders": ["Shared"],
    "networks": [],
    "created_at": "2026-11-25T12:00:00Z",
    "created_by": "ada",
    "expires_at": None,
    "last_used_at": None,
    "state": "active",
    "previous_secret_valid_until": None,
    "previous_secret_last_used_at": None,
    "rate": None,
    "burst": None,
    "daily_quota": None,
    "concurrency": None,
    "weight": 1,
}
GREEDY = {"--allow", "--folder"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("n --allow A B --folder F G", "n --allow A --allow B --folder F --folder G"),
        ("n --allow A --allow B C", "n --allow A --allow B --allow C"),
        ("--allow A --tenant x/y n", "--allow A --tenant x/y n"),
        ("--allow A B -- n", "--allow A --allow B -- n"),
        ("n --allow=A --folder F", "n --allow=A --folder F"),
        ("n --allow", "n --allow"),
        ("n --allow --folder F", "n --allow --folder F"),
    ],
)
def test_words_after_a_flag_belong_to_it_up_to_the_next(typed: str, read: str) -> None:
    assert spread(typed.split(), GREEDY) == read.split()


def sent_body(line: CommandLine, *words: str) -> dict[str, object]:
    line.wire = Wire(ok(KEY | {"key": "sd_fresh_canary", "warnings": []}, 201))
    result = line.run("key", "create", *words)
    assert result.exit_code == 0, result.output
    body = json.loads(line.wire.sent[0].content)
    assert isinstance(body, dict)
    return body


class TestCreate:
    @pytest.mark.parametrize(
        "words",
        [
            "nightly --allow Jobs_StartJobs tag:Assets --folder Shared Other --network 10.0.0.0/8 ::1/128",
            "nightly --allow Jobs_StartJobs --allow tag:Assets --folder Shared --folder Other --network 10.0.0.0/8 "
            "--network ::1/128",
            "--allow Jobs_StartJobs,tag:Assets --folder Shared Other --network 10.0.0.0/8 ::1/128 -- nightly",
        ],
    )
    def test_takes_several_words_after_one_flag_or_flags_again(self, with_key: CommandLine, words: str) -> None:
        assert sent_body(with_key, "--expires", "90d", *words.split()) == {
            "name": "nightly",
            "tenant": "acme/dev",
            "allow": ["Jobs_StartJobs", "tag:Assets"],
            "folders": ["Shared", "Other"],
            "networks": ["10.0.0.0/8", "::1/128"],
            "expires_in": "90d",
            "expires_at": None,
        }

    def test_limits_are_asked_for_by_name(self, with_key: CommandLine) -> None:
        words = "n --allow all --rate 10/s --burst 20 --daily-quota 5000 --concurrency 4 --weight 2"
        body = sent_body(with_key, *words.split())
        assert {name: body[name] for name in ("rate", "burst", "daily_quota", "concurrency", "weight")} == {
            "rate": "10/s",
            "burst": 20,
            "daily_quota": 5000,
            "concurrency": 4,
            "weight": 2,
        }

    def test_folders_with_commas_and_spaces_stay_whole(self, with_key: CommandLine) -> None:
        assert sent_body(with_key, "n", "--allow", "all", "--folder", "Sales, EMEA")["folders"] == ["Sales, EMEA"]

    def test_the_tenant_of_the_line_wins(self, with_key: CommandLine) -> None:
        assert sent_body(with_key, "n", "--allow", "all", "--tenant", "acme/prod")["tenant"] == "acme/prod"

    def test_where_there_is_one_tenant_it_need_not_be_named(self, with_key: CommandLine) -> None:
        del with_key.environment["STAGEDOOR_TENANT"]
        tenant = {"name": "only", "organization": {"name": "acme"}}
        with_key.wire = Wire(ok({"items": [tenant], "next": None}), ok(KEY | {"key": "sd_fresh_canary"}, 201))
        with_key.run("key", "create", "n", "--allow", "all")
        assert json.loads(with_key.wire.sent[1].content)["tenant"] == "acme/only"

    def test_where_there_are_several_tenants_they_are_listed(self, with_key: CommandLine) -> None:
        del with_key.environment["STAGEDOOR_TENANT"]
        tenants = [{"name": name, "organization": {"name": "acme"}} for name in ("dev", "prod")]
        with_key.wire = Wire(ok({"items": tenants, "next": None}))
        result = with_key.run("key", "create", "n", "--allow", "all")
        assert result.exit_code == 2
        assert "acme/dev, acme/prod" in result.stderr

    def test_only_the_key_goes_to_stdout(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(KEY | {"key": "sd_fresh_canary", "warnings": ["It never ends."]}, 201))
        result = with_key.run("key", "create", "nightly", "--allow", "all")
        assert result.stdout == "sd_fresh_canary\n"
        assert "It never ends." in result.stderr

    def test_json_has_id_and_key(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(KEY | {"key": "sd_fresh_canary", "warnings": []}, 201))
        made = with_key.json("key", "create", "nightly", "--allow", "all")
        assert (made["id"], made["key"], made["warnings"]) == ("k1", "sd_fresh_canary", [])

    def test_a_forgotten_name_is_explained(self, with_key: CommandLine) -> None:
        result = with_key.run("key", "create", "--allow", "all", "nightly")
        assert result.exit_code == 2
        assert "in front" in result.stderr


class TestNarrow:
    NARROWED: ClassVar = {
        "key": "sdn_fresh_canary",
        "access_key_id": "k1",
        "narrowing_id": "n1",
        "expires_at": "2026-11-25T13:00:00Z",
        "words": ["May read jobs."],
        "operations": ["Jobs_Get"],
    }

    def test_what_is_left_out_is_left_as_the_key_has_it(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(self.NARROWED, 201))
        result = with_key.run("key", "narrow")
        assert (result.exit_code, result.stdout) == (0, "sdn_fresh_canary\n")
        assert "May read jobs." in result.stderr
        sent = json.loads(with_key.wire.sent[0].content)
        assert sent == {"allow": None, "folders": None, "networks": [], "expires_in": "1h"}

    def test_every_word_is_in_the_order(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok(self.NARROWED, 201))
        words = "--allow A,B C --folder F --network 10.0.0.0/8 --expires 5m"
        assert with_key.json("key", "narrow", *words.split()) == self.NARROWED
        assert json.loads(with_key.wire.sent[0].content) == {
            "allow": ["A", "B", "C"],
            "folders": ["F"],
            "networks": ["10.0.0.0/8"],
            "expires_in": "5m",
        }

    def test_without_a_key_nothing_is_asked(self, with_key: CommandLine) -> None:
        del with_key.environment["STAGEDOOR_KEY"]
        result = with_key.run("key", "narrow")
        assert result.exit_code == 2
        assert "no access key to narrow" in result.stderr
        assert with_key.wire.sent == []


def test_list_shows_what_each_key_may_do(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"items": [KEY], "next": None}))
    line = with_key.run("key", "list").stdout.rstrip("\n").split("\t")
    assert line == ["k1", "nightly", "acme/dev", "active", "Jobs_StartJobs", "Shared", "never", "never"]


def test_list_names_the_first_of_many_rights(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"items": [KEY | {"allow": ["A", "B", "C", "D", "E"]}], "next": None}))
    assert with_key.run("key", "list").stdout.split("\t")[4] == "A, B, C and 2 more"


def test_list_as_json_is_the_list(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"items": [KEY], "next": None}))
    assert with_key.json("key", "list") == [KEY]


def test_an_empty_list_leaves_the_pipe_empty(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"items": [], "next": None}))
    result = with_key.run("key", "list")
    assert (result.stdout, result.stderr) == ("", "There is no key.\n")


def test_names_cannot_break_out_of_their_line(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"items": [KEY | {"name": "a\tb\nc\x1b[31m"}], "next": None}))
    lines = with_key.run("key", "list").stdout.splitlines()
    assert len(lines) == 1
    assert lines[0].split("\t")[1] == r"a\tb\nc\x1b[31m"


LISTED = ok({"items": [KEY], "next": None})


@pytest.mark.parametrize("word", ["nightly", "k1"])
def test_revoke_names_the_key_that_ended(with_key: CommandLine, word: str) -> None:
    with_key.wire = Wire(LISTED, ok(KEY | {"state": "revoked"}))
    assert "k1 (nightly) is revoked" in with_key.run("key", "revoke", word).stdout
    sent = with_key.wire.sent[-1]
    assert (sent.method, sent.url.path) == ("DELETE", "/api/stagedoor/v1/keys/k1")


def test_revoke_as_json_is_the_key(with_key: CommandLine) -> None:
    with_key.wire = Wire(LISTED, ok(KEY | {"state": "revoked"}))
    assert with_key.json("key", "revoke", "k1")["state"] == "revoked"


def test_revoke_ends_no_key_where_several_are_called_so(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"items": [KEY, KEY | {"id": "k2"}], "next": None}))
    assert with_key.run("key", "revoke", "nightly").exit_code == 1
    assert [request.method for request in with_key.wire.sent] == ["GET"]


class TestRotate:
    FRESH: ClassVar = KEY | {"key": "sd_next_canary", "previous_secret_valid_until": "2026-11-26T12:00:00Z"}

    @pytest.mark.parametrize("word", ["nightly", "k1"])
    def test_prints_the_new_secret_and_says_until_when_the_old_one_works(
        self, with_key: CommandLine, word: str
    ) -> None:
        with_key.wire = Wire(LISTED, ok(self.FRESH, 201))
        result = with_key.run("key", "rotate", word, "--overlap", "2h")
        assert result.stdout == "sd_next_canary\n"
        assert "works until 2026-11-26T12:00:00Z" in result.stderr
        assert with_key.wire.sent[-1].url.path == "/api/stagedoor/v1/keys/k1/rotate"

    @pytest.mark.parametrize(("words", "overlap"), [(["--overlap", "2h"], "2h"), ([], "24h"), (["--at-once"], None)])
    def test_lets_the_old_secret_work_as_long_as_asked(
        self, with_key: CommandLine, words: list[str], overlap: str | None
    ) -> None:
        with_key.wire = Wire(LISTED, ok(self.FRESH, 201))
        assert with_key.json("key", "rotate", "k1", *words)["key"] == "sd_next_canary"
        assert json.loads(with_key.wire.sent[-1].content)["overlap"] == overlap


class TestLimit:
    def limit(self, line: CommandLine, *words: str, keys: list[dict[str, object]] | None = None) -> str:
        line.wire = Wire(ok({"items": keys or [KEY], "next": None}), ok(KEY | {"rate": "5/m", "weight": 2}))
        result = line.run("key", "limit", *words)
        assert result.exit_code == 0, result.output
        return result.stdout

    @pytest.mark.parametrize("word", ["nightly", "k1"])
    def test_changes_what_is_named_by_name_or_id(self, with_key: CommandLine, word: str) -> None:
        said = self.limit(with_key, word, "--rate", "5/m", "--burst", "None", "--daily-quota", "10", "--weight", "2")
        [_, sent] = with_key.wire.sent
        assert (sent.method, sent.url.path.rpartition("/")[2]) == ("PATCH", "k1")
        assert json.loads(sent.content) == {"rate": "5/m", "burst": None, "daily_quota": 10, "weight": 2}
        assert said == "Key k1 (nightly) may be used: 5/m; weight 2.\n"

    def test_as_json_is_the_key(self, with_key: CommandLine) -> None:
        assert json.loads(self.limit(with_key, "k1", "--rate", "none", "--output", "json"))["rate"] == "5/m"

    def test_says_each_limit_that_is_left(self, with_key: CommandLine) -> None:
        limits = {"rate": "5/m", "burst": 2, "daily_quota": 10, "concurrency": 3}
        with_key.wire = Wire(ok({"items": [KEY], "next": None}), ok(KEY | limits))
        said = with_key.run("key", "limit", "k1", "--concurrency", "3").stdout
        assert said == "Key k1 (nightly) may be used: 5/m, 2 at once; 10 a day; 3 at the same time.\n"
        with_key.wire = Wire(ok({"items": [KEY], "next": None}), ok(KEY))
        assert "without a limit" in with_key.run("key", "limit", "k1", "--concurrency", "none").stdout

    def test_of_nothing_says_what_could_be_changed(self, with_key: CommandLine) -> None:
        result = with_key.run("key", "limit", "nightly")
        assert (result.exit_code, "--rate, --burst" in result.stderr) == (2, True)

    @pytest.mark.parametrize("number", ["0", "-1", "many", "1.5"])
    def test_of_what_is_no_number_is_refused(self, with_key: CommandLine, number: str) -> None:
        result = with_key.run("key", "limit", "nightly", f"--burst={number}")
        assert (result.exit_code, "neither a whole number above zero nor none" in result.stderr) == (2, True)

    def test_of_an_unknown_key_says_where_they_are_listed(self, with_key: CommandLine) -> None:
        ended = KEY | {"id": "k2", "name": "gone", "state": "revoked"}
        with_key.wire = Wire(ok({"items": [KEY, ended], "next": None}))
        result = with_key.run("key", "limit", "gone", "--rate", "5/m")
        assert (result.exit_code, "stagedoor key list" in result.stderr) == (1, True)

    def test_of_a_name_that_several_bear_names_their_ids(self, with_key: CommandLine) -> None:
        with_key.wire = Wire(ok({"items": [KEY, KEY | {"id": "k2", "tenant": "acme/prod"}], "next": None}))
        result = with_key.run("key", "limit", "nightly", "--rate", "5/m")
        assert result.exit_code == 1
        assert "k1 (acme/dev), k2 (acme/prod)" in result.stderr
