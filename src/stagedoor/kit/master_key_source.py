"""Where the master key comes from: a file, a variable of the environment, or another program."""

import os
import re
import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkstemp
from typing import Protocol

from stagedoor.kit.bounded_command import CommandNotDone, run_bounded
from stagedoor.kit.chance import Chance
from stagedoor.kit.crypto import MasterKey
from stagedoor.kit.errors import StagedoorError
from stagedoor.kit.private_file import write_private
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings

FILE = "master.key"
COMMAND_SECONDS_MAX = 30
TEXT_BYTES_MAX = 4096
VARIABLES = ("STAGEDOOR_MASTER_KEY", "STAGEDOOR_MASTER_KEY_FILE", "STAGEDOOR_MASTER_KEY_COMMAND")
MAKE_ONE = "`openssl rand -hex 32` makes a key"
_LOOKS_LIKE_A_KEY = re.compile(r"[0-9A-Za-z+/_=-]{24,}")


class MasterKeyUnusable(StagedoorError):
    """There is no master key where it should come from, or nothing that can be one."""

    code = "master_key_unusable"
    status = 503


class MasterKeySource(Protocol):
    """A place that a master key comes from; ``description`` names it in a sentence."""

    @property
    def description(self) -> str: ...

    def read(self) -> MasterKey:
        """Return the key as it is there now; raises :class:`MasterKeyUnusable`."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file that holds the key as 64 hexadecimal digits, for its owner alone. ``is_ours``: we may make it."""

    path: Path
    is_ours: bool = True

    @property
    def description(self) -> str:
        return str(self.path)

    def exists(self) -> bool:
        """Tell whether the file is there."""
        return self.path.exists()

    def read(self) -> MasterKey:
        """Return the key; raises :class:`MasterKeyUnusable` for a file that others can read, too."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            raise MasterKeyUnusable(
                f"There is no master key in {self.path}.",
                hint="Put the key that belongs to this store there, from its backup. "
                f"For a new store, {MAKE_ONE}: `(umask 077; openssl rand -hex 32 > {self.path})`.",
            ) from None
        except OSError as failure:
            raise MasterKeyUnusable(
                f"The master key in {self.path} cannot be read: {os.strerror(failure.errno or 0).lower()}.",
                hint="Let the user that Stagedoor runs as own the file.",
            ) from failure
        try:
            _verify_private(self.path, os.fstat(descriptor))
            return _key_of(os.read(descriptor, TEXT_BYTES_MAX), self.description)
        finally:
            os.close(descriptor)

    def make(self, chance: Chance) -> MasterKey:
        """Put a new key there, whole or not at all, and return it; of several that do so at once, all get one key."""
        key = MasterKey.draw(chance)
        descriptor, unfinished = mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(key.to_secret().reveal() + "\n")
                file.flush()
                os.fsync(file.fileno())
            # A link is never put in place of a file that is there: of two processes the later one reads the other's.
            os.link(unfinished, self.path)
        except FileExistsError:
            return self.read()
        finally:
            Path(unfinished).unlink(missing_ok=True)
        self._keep()
        return key

    def replace(self, key: MasterKey) -> None:
        """Put this key in place of the one that is there; when this returns, it survives a power cut."""
        # Where the name is a link, the file is what is kept.
        write_private(self.path.resolve(), key.to_secret().reveal() + "\n")
        self._keep()

    def _keep(self) -> None:
        directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A key that was handed over as it is."""

    text: Secret
    description: str = f"{VARIABLES[0]} or the command"

    def read(self) -> MasterKey:
        """Return the key."""
        return _key_of(self.text.reveal().encode(), self.description)


@dataclass(frozen=True, slots=True)
class KeyCommand:
    """A program that prints the key. It is run without a shell, for at most half a minute."""

    command: str
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @property
    def description(self) -> str:
        # Only the program's name: an argument may be a secret.
        return f"the output of {self._words()[0]}"

    def read(self) -> MasterKey:
        """Run the program and return the key that it prints."""
        words = self._words()
        environment = {name: value for name, value in self.environment.items() if name != VARIABLES[0]}
        try:
            done = run_bounded(
                words, seconds_max=COMMAND_SECONDS_MAX, bytes_max=TEXT_BYTES_MAX, environment=environment
            )
        except CommandNotDone as failure:
            raise MasterKeyUnusable(
                f"The command for the master key, {words[0]}, {failure}.",
                hint="Run it by hand as the user that Stagedoor runs as: it must print the key and end. "
                "It gets no shell: for pipes and variables name a script.",
            ) from failure
        if done.status != 0:
            raise MasterKeyUnusable(
                f"The command for the master key, {words[0]}, failed with status {done.status}{_last_words(done.err)}.",
                hint="Run it by hand as the user that Stagedoor runs as.",
            )
        return _key_of(done.out, self.description)

    def _words(self) -> list[str]:
        try:
            words = shlex.split(self.command)
        except ValueError as wrong:
            raise MasterKeyUnusable(f"The command for the master key cannot be read: {wrong}.") from wrong
        if not words:
            raise MasterKeyUnusable("The command for the master key is empty.", hint="Give it, or take it away.")
        return words


def key_source(settings: Settings) -> MasterKeySource:
    """Return where a server's master key comes from: what was given, else ``master.key`` in the data directory.

    Raises :class:`MasterKeyUnusable` when several are given: which of them counts must not be guessed.
    """
    sources: list[MasterKeySource] = []
    if settings.master_key is not None:
        sources.append(GivenKey(settings.master_key))
    if settings.master_key_file is not None:
        sources.append(KeyFile(settings.master_key_file, is_ours=False))
    if settings.master_key_command is not None:
        sources.append(KeyCommand(settings.master_key_command))
    if len(sources) > 1:
        raise MasterKeyUnusable(
            "The master key is given in more than one way.",
            hint=f"Give one of {', '.join(VARIABLES)}, or one option; an option wins over all variables.",
        )
    return sources[0] if sources else KeyFile(settings.data_dir / FILE)


def with_key_in_hand(settings: Settings) -> Settings:
    """Return settings that hold the key itself where it comes from a variable or a program: that is asked once.

    A key in a file stays there: whoever starts later reads the file as it is by then. Raises
    :class:`MasterKeyUnusable`.
    """
    source = key_source(settings)
    if isinstance(source, KeyFile):
        return settings
    return replace(settings, master_key=source.read().to_secret(), master_key_command=None)


def _verify_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise MasterKeyUnusable(f"{path} is no file.", hint="Name the file that holds the master key.")
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise MasterKeyUnusable(
            f"Others can read the master key in {path}: its mode is {stat.S_IMODE(status.st_mode):04o}.",
            hint=f"`chmod 600 {path}`. If others may have read it, change the key: `stagedoor secrets rewrap`.",
        )
    if status.st_uid not in (os.geteuid(), 0):
        raise MasterKeyUnusable(
            f"The master key in {path} belongs to another user.",
            hint="Let the user that Stagedoor runs as own the file.",
        )


def _key_of(text: bytes, where: str) -> MasterKey:
    try:
        return MasterKey.of_hex(text.decode("ascii"))
    except ValueError:
        said = "is empty" if not text.strip() else "is no key"
        raise MasterKeyUnusable(
            f"The master key from {where} {said}: it has 64 hexadecimal digits.",
            hint=f"{MAKE_ONE} for a new store; an existing store needs its own.",
        ) from None


def _last_words(err: bytes) -> str:
    lines = err.decode("utf-8", "replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    # A program that fails may say what it was given.
    shown = _LOOKS_LIKE_A_KEY.sub("***", "".join(letter for letter in last if letter.isprintable()))[:200]
    return f": {shown}" if shown else ""
