"""One run of the command line: the world around it, what was chosen, and the client that follows from both."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stagedoor.cli.failure import CommandFailed, ExitCode
from stagedoor.kit.clock import Clock, SystemClock

if TYPE_CHECKING:
    import httpx2
    from keyring.backend import KeyringBackend

    from stagedoor.cli.profiles import Profile, ProfileBook
    from stagedoor.client import SignedIn, Stagedoor
    from stagedoor.kit.chance import Chance

DEFAULT_PROFILE = "default"
DEFAULT_BASE_URL = "http://127.0.0.1:8120"

# Which variable fills which option.
VARIABLES: Mapping[str, str] = {
    "base_url": "STAGEDOOR_URL",
    "key": "STAGEDOOR_KEY",
    "tenant": "STAGEDOOR_TENANT",
    "folder": "STAGEDOOR_FOLDER",
    "profile": "STAGEDOOR_PROFILE",
    "output": "STAGEDOOR_OUTPUT",
}


def _open_browser(url: str) -> bool:
    import webbrowser

    return webbrowser.open(url)


def _system_keyring() -> "KeyringBackend | None":
    from stagedoor.cli.token_storage import system_keyring

    return system_keyring()


def _system_chance() -> "Chance":
    from stagedoor.kit.chance import SystemChance

    return SystemChance()


def _sleep(seconds: float) -> None:
    import time

    time.sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What lies outside the command line; tests bring their own."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = field(default_factory=SystemClock)
    draw_chance: Callable[[], "Chance"] = _system_chance
    sleep: Callable[[float], None] = _sleep
    open_browser: Callable[[str], bool] = _open_browser
    find_keyring: Callable[[], "KeyringBackend | None"] = _system_keyring
    transport: "httpx2.BaseTransport | None" = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A value and where it came from: ``option``, ``environment``, ``profile`` or ``default``."""

    value: str | None
    source: str


class Session:
    """Settle every option once, in one order: the option itself, its variable, the profile, the default."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._options: dict[str, str] = {}

    @cached_property
    def book(self) -> "ProfileBook":
        """The profiles of whoever runs the command."""
        from stagedoor.cli.profiles import ProfileBook, config_dir

        return ProfileBook(config_dir(self.world.environment))

    def set_option(self, name: str, value: str | None) -> None:
        """Take an option from the command line; a later one, nearer to its command, wins."""
        if value is not None:
            self._options[name] = value

    def choose(self, name: str) -> Choice:
        """Return the value of an option and where it came from."""
        if name in self._options:
            return Choice(self._options[name], "option")
        from_environment = self.world.environment.get(VARIABLES[name])
        if from_environment:
            return Choice(from_environment, "environment")
        if name in ("base_url", "tenant", "folder"):
            profile = self.find_profile()
            from_profile = getattr(profile, name) if profile else None
            if from_profile:
                return Choice(from_profile, "profile")
        defaults = {"base_url": DEFAULT_BASE_URL, "profile": DEFAULT_PROFILE, "output": "text"}
        return Choice(defaults.get(name), "default")

    @property
    def wants_json(self) -> bool:
        """Tell whether answers are for a script."""
        return self.choose("output").value == "json"

    @property
    def profile_name(self) -> str:
        """The name of the profile that is in use; raises :class:`CommandFailed` for what is no name."""
        name = str(self.choose("profile").value)
        if not name.replace("-", "").replace("_", "").isalnum():
            raise CommandFailed(
                f"{name!r} is no name for a profile.",
                hint="Use letters, digits, dashes and underscores.",
                code="usage",
                exit_code=ExitCode.USAGE,
            )
        return name

    @property
    def base_url(self) -> str:
        """The base URL that is in use."""
        return str(self.choose("base_url").value)

    def find_profile(self) -> "Profile | None":
        """Return the profile in use; ``None`` when nobody signed in to it, or a key is used in its place."""
        if self.choose("key").value is not None:
            return None
        return self.book.find_profile(self.profile_name)

    def get_profile(self) -> "Profile":
        """Return the profile in use; raises :class:`CommandFailed` when there is none."""
        profile = self.find_profile()
        if profile is None:
            raise CommandFailed(
                f"Nobody is signed in as profile {self.profile_name}.",
                hint="Sign in with `stagedoor login`, or give an access key in STAGEDOOR_KEY.",
                code="not_signed_in",
                exit_code=ExitCode.SIGN_IN,
            )
        return profile

    def signed_in(self, profile: "Profile") -> "SignedIn":
        """Return a profile's credential, which renews itself and keeps what it gets.

        Raises :class:`CommandFailed` when the base URL in use is not the one signed in to: a token is never sent to
        another server.
        """
        from stagedoor.cli.token_storage import token_store
        from stagedoor.client import SignedIn

        if origin_of(self.base_url) != origin_of(profile.base_url):
            raise CommandFailed(
                f"Profile {profile.name} is signed in to {profile.base_url}, not to {self.base_url}.",
                hint=f"Use another profile: `stagedoor login --profile NAME --base-url {self.base_url}`.",
                code="not_signed_in",
                exit_code=ExitCode.SIGN_IN,
            )
        store = token_store(profile, self.book.directory, self.world.find_keyring)
        return SignedIn(profile.token_url, client_id=profile.client_id, store=store, clock=self.world.clock)

    @contextmanager
    def client(self, *, anonymous_allowed: bool = False) -> Iterator["Stagedoor"]:
        """Open a client with the key or the sign-in in use.

        Raises :class:`CommandFailed` when there is neither, unless ``anonymous_allowed``.
        """
        from stagedoor.client import Stagedoor
        from stagedoor.kit.secret import Secret

        key = self.choose("key").value
        options: dict[str, Any] = {
            "transport": self.world.transport,
            "sleep": self.world.sleep,
            "chance": self.world.draw_chance(),
            "tenant": self.choose("tenant").value,
            "folder": folder_named(self.choose("folder").value),
        }
        if key is not None:
            options["key"] = Secret(key)
        elif not anonymous_allowed or self.find_profile() is not None:
            options["auth"] = self.signed_in(self.get_profile())
        try:
            client = Stagedoor(self.base_url, **options)
        except ValueError as wrong:
            raise CommandFailed(f"{wrong}.", code="usage", exit_code=ExitCode.USAGE) from wrong
        with client:
            yield client

    @contextmanager
    def administrator(self, data_dir: Path | None) -> Iterator["Stagedoor"]:
        """Open a client that administers: over HTTP as whoever signed in, or straight on a server's own files."""
        if data_dir is None:
            with self.client() as client:
                yield client
            return
        from stagedoor.cli.local_server import local_client

        with local_client(self, data_dir) as client:
            yield client


def folder_named(text: str | None) -> str | int | None:
    """Read a folder as typed: digits are its number, anything else its path or key; ``/2024`` is a path."""
    return int(text) if text is not None and text.isascii() and text.isdigit() else text


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}".lower()


def output_asked_for(arguments: list[str], environment: Mapping[str, str]) -> bool:
    """Tell whether JSON was asked for, when the command line itself could not be read."""
    for place, word in enumerate(arguments):
        if word in ("--output=json", "-ojson"):
            return True
        if word in ("--output", "-o") and arguments[place + 1 : place + 2] == ["json"]:
            return True
    return environment.get(VARIABLES["output"]) == "json"


def is_interactive() -> bool:
    """Tell whether a person can be asked."""
    return sys.stdin.isatty()
