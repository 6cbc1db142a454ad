"""Run the command line against a stand-in for the network, in a world of its own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError
from tests.factories.wire import NOON, Wire

from stagedoor.cli.main import cli
from stagedoor.cli.session import World
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.clock import HeldClock


class DictKeyring(KeyringBackend):  # type: ignore[no-untyped-call]  # keyring's metaclass has no types
    """A keyring in memory."""

    priority = 9  # type: ignore[assignment]  # keyring reads it from the class

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise PasswordDeleteError("no such entry")
        del self.entries[service, username]


@dataclass
class CommandLine:
    """One person's terminal: a configuration directory, a keyring, a clock, a network."""

    directory: Path
    wire: Wire = field(default_factory=Wire)
    environment: dict[str, str] = field(default_factory=dict)
    keyring: KeyringBackend | None = field(default_factory=DictKeyring)
    clock: HeldClock = field(default_factory=lambda: HeldClock(NOON))
    pauses: list[float] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    open_browser: Callable[[str], bool] | None = None
    sleep: Callable[[float], None] | None = None
    chance: SeededChance = field(default_factory=lambda: SeededChance(7))

    def __post_init__(self) -> None:
        self.environment.setdefault("STAGEDOOR_CONFIG_DIR", str(self.directory))

    def run(self, *words: str, input: str | bytes | None = None) -> Result:  # noqa: A002  # click's own word
        """Run one command and return what came of it."""
        world = World(
            environment=self.environment,
            clock=self.clock,
            draw_chance=lambda: self.chance,
            sleep=self.sleep or self.pauses.append,
            open_browser=self.open_browser or self._note_address,
            find_keyring=lambda: self.keyring,
            transport=self.wire.transport,
        )
        return CliRunner().invoke(cli, list(words), obj=world, input=input, catch_exceptions=True)

    def json(self, *words: str) -> Any:
        """Run one command that succeeds with ``--output json`` and return what it printed."""
        result = self.run(*words, "--output", "json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def files(self) -> Iterator[Path]:
        """Every file that the command line wrote."""
        return (path for path in self.directory.rglob("*") if path.is_file())

    def _note_address(self, url: str) -> bool:
        self.opened.append(url)
        return False
