"""What an operator can set, read once at start and handed down; no module reads the environment by itself."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what a stranger may send. Sizes in bytes; those of path and query belong to ``catalog.canonical``."""

    head_bytes_max: int = 64 * 1024
    json_body_bytes_max: int = 16 * MEBIBYTE
    form_body_bytes_max: int = 64 * 1024
    password_hashes_at_once: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One server's settings.

    ``database_url`` empty means SQLite in the data directory. ``public_base_url`` is what callers see; empty means
    ``http://host:port``. ``trusted_proxies`` are the networks whose forwarding headers are believed; nobody's are by
    default. ``workers`` is how many processes answer, each with memory of its own.
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8120
    database_url: str = ""
    public_base_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    workers: int = 1
    limits: Limits = field(default_factory=Limits)

    @property
    def base_url(self) -> str:
        """The origin that callers use, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_base_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the store."""
        return self.database_url or f"sqlite:///{self.data_dir / 'stagedoor.db'}"


def settings_from_environment(environment: Mapping[str, str] = os.environ, **given: object) -> Settings:
    """Build settings from ``STAGEDOOR_*`` variables; keyword arguments win over the environment, defaults lose."""
    values: dict[str, object] = {"data_dir": Path(environment.get("STAGEDOOR_DATA_DIR", ".stagedoor"))}
    if "STAGEDOOR_DATABASE_URL" in environment:
        values["database_url"] = environment["STAGEDOOR_DATABASE_URL"]
    if "STAGEDOOR_PUBLIC_BASE_URL" in environment:
        values["public_base_url"] = environment["STAGEDOOR_PUBLIC_BASE_URL"]
    if "STAGEDOOR_HOST" in environment:
        values["host"] = environment["STAGEDOOR_HOST"]
    if "STAGEDOOR_PORT" in environment:
        values["port"] = int(environment["STAGEDOOR_PORT"])
    if "STAGEDOOR_TRUSTED_PROXIES" in environment:
        networks = environment["STAGEDOOR_TRUSTED_PROXIES"].split(",")
        values["trusted_proxies"] = tuple(network.strip() for network in networks if network.strip())
    values.update({name: value for name, value in given.items() if value is not None})
    return Settings(**values)  # type: ignore[arg-type]  # each name is checked by the dataclass itself
