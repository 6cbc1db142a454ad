"""The command line starts at once: what it does not need is not imported."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

HEAVY = ["httpx2", "rich", "sqlalchemy", "keyring", "stagedoor.client", "stagedoor.catalog", "anyio", "platformdirs"]


def imported_by(*words: str, environment: dict[str, str] | None = None) -> tuple[str, list[str]]:
    code = (
        "import json, sys\n"
        "from stagedoor.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    code = end.code\n"
        f"print(json.dumps([code, [name for name in {HEAVY} if name in sys.modules]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True, env=environment
    )
    *printed, last = done.stdout.splitlines()
    code_and_names = json.loads(last)
    assert code_and_names[0] == 0, done.stderr
    return "\n".join(printed), code_and_names[1]


def test_version_imports_nothing_heavy() -> None:
    printed, heavy = imported_by("--version")
    assert printed.startswith("stagedoor ")
    assert heavy == []


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["key", "--help"],
        ["key", "create", "--help"],
        ["up", "--help"],
        ["app", "create", "--help"],
        ["connect", "--help"],
        ["connection", "--help"],
    ],
)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    assert imported_by(*words)[1] == []


def test_whoami_from_the_cache_imports_nothing_heavy(tmp_path: Path) -> None:
    profile = {
        "base_url": "http://stagedoor.test",
        "user": "ada",
        "client_id": "stagedoor-cli",
        "token_url": "http://stagedoor.test/token",
        "secret_place": "keyring",
        "secret_place_name": "the keyring",
    }
    (tmp_path / "profiles.json").write_text(json.dumps({"profiles": {"default": profile}}))
    (tmp_path / "cache").mkdir()
    kept = {"read_at": datetime.now(UTC).isoformat(), "answer": {"name": "ada"}}
    (tmp_path / "cache" / "whoami-default.json").write_text(json.dumps(kept))
    printed, heavy = imported_by("whoami", environment={"STAGEDOOR_CONFIG_DIR": str(tmp_path)})
    assert "ada" in printed
    assert heavy == []
