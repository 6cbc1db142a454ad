"""A person's terminal: the real ``stagedoor`` command in processes of its own, with settings of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = str(Path(sys.executable).with_name("stagedoor"))
SECONDS_MAX = 60


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """What it printed, as one JSON value; raises when it failed."""
        assert self.exit_code == 0, self.stderr
        return json.loads(self.stdout)

    @property
    def lines(self) -> list[Any]:
        """What it printed, as one JSON value a line; raises when it failed."""
        assert self.exit_code == 0, self.stderr
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        """The one JSON object of a failure."""
        assert self.exit_code != 0, self.stdout
        facts: dict[str, Any] = json.loads(self.stderr)
        return facts


@dataclass(frozen=True)
class Terminal:
    """Runs commands. ``directory`` holds the settings; nothing of the person who runs the tests is read."""

    directory: Path
    base_url: str

    def run(self, *words: str, typed: str | None = None, **environment: str) -> Ran:
        """Run one command to its end. ``typed`` is what somebody types; ``environment`` adds variables."""
        done = subprocess.run(
            [COMMAND, *words],
            input=typed if typed is not None else "",
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            env=self._environment(environment),
            cwd=self.directory,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def started(self, *words: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
        """Start one command, to talk to it while it runs."""
        with subprocess.Popen(
            [COMMAND, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment(environment),
            cwd=self.directory,
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    @contextmanager
    def signing_in(self, *words: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
        """Start ``stagedoor login`` and give the process with the address that it opened in the browser."""
        note = self.directory / "opened"
        browser = self.directory / "browser.sh"
        browser.write_text(f"printf %s \"$1\" > '{note}'\n")
        with self.started("login", "--store-in-file", *words, BROWSER=f"sh {browser} %s") as process:
            assert process.stderr is not None
            said = process.stderr.readline()
            assert "browser that just opened" in said, said + process.stderr.read()
            yield process, note.read_text()

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("STAGEDOOR_")}
        settings = {"STAGEDOOR_CONFIG_DIR": str(self.directory / "settings"), "STAGEDOOR_URL": self.base_url}
        return {**ours, **settings, "HOME": str(self.directory), **more}
