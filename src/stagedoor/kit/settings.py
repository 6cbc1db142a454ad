"""What an operator can set, read once at start and handed down; no module reads the environment by itself."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from stagedoor.kit.s3_address import S3Address, read_s3_address
from stagedoor.kit.secret import Secret

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what a stranger may send. Sizes in bytes; those of path and query belong to ``catalog.canonical``."""

    head_bytes_max: int = 64 * 1024
    json_body_bytes_max: int = 16 * MEBIBYTE
    file_bytes_max: int = 1024 * MEBIBYTE
    form_body_bytes_max: int = 64 * 1024
    password_hashes_at_once: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamTimeouts:
    """How long a remote Orchestrator may be silent, in seconds.

    ``connect`` bounds the way to it, ``read``, ``write``, ``long`` and ``transfer`` the time before it begins an answer
    to an operation of that kind, ``idle`` each pause within a body, however long the whole.
    """

    connect: int = 10
    read: int = 60
    write: int = 100
    long: int = 300
    transfer: int = 300
    idle: int = 60


UPSTREAM_SECONDS_MAX = 24 * 3600


def upstream_timeouts_of(texts: Iterable[str]) -> UpstreamTimeouts:
    """Read ``KIND=SECONDS``, with or without an ``s``; raises ``ValueError`` for anything else."""
    given: dict[str, int] = {}
    kinds = {timeout.name for timeout in fields(UpstreamTimeouts)}
    for text in texts:
        kind, _, seconds = text.strip().partition("=")
        number = seconds.removesuffix("s")
        if kind not in kinds or not (number.isascii() and number.isdigit() and 0 < int(number) <= UPSTREAM_SECONDS_MAX):
            raise ValueError(f"{text!r} is no timeout such as read=60s, of {', '.join(sorted(kinds))}")
        given[kind] = int(number)
    return UpstreamTimeouts(**given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One server's settings.

    ``database_url`` empty means SQLite in the data directory. ``public_base_url`` is what callers see; empty means
    ``http://host:port``. ``trusted_proxies`` are the networks whose forwarding headers are believed; nobody's are by
    default. ``workers`` is how many processes answer, each with memory of its own. At most one ``master_key``
    field is given; without, the master key lies in the data directory.
    ``…_lists_per_minute`` are how many requests for lists of jobs and queue items the callers of one remote tenant
    share, and those of an embedded one; 0 stands for no such limit.
    ``files`` is where packages, files of buckets and attachments are kept; without, in the data directory.
    ``cache`` are rules such as ``Jobs_Get=2s``; what they may say stands in ``gateway/cache_rules.py``.
    ``webhooks_reach_private`` false keeps the events of embedded tenants from addresses inside one's own network.
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8120
    database_url: str = ""
    public_base_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    workers: int = 1
    upstream_lists_per_minute: int = 100
    embedded_lists_per_minute: int = 0
    master_key: Secret | None = None
    master_key_file: Path | None = None
    master_key_command: str | None = field(default=None, repr=False)
    limits: Limits = field(default_factory=Limits)
    upstream_timeouts: UpstreamTimeouts = field(default_factory=UpstreamTimeouts)
    cache: tuple[str, ...] = ()
    files: S3Address | None = None
    webhooks_reach_private: bool = True

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
        values["trusted_proxies"] = _listed(environment["STAGEDOOR_TRUSTED_PROXIES"])
    if "STAGEDOOR_MASTER_KEY" in environment:
        values["master_key"] = Secret(environment["STAGEDOOR_MASTER_KEY"])
    if "STAGEDOOR_MASTER_KEY_FILE" in environment:
        values["master_key_file"] = Path(environment["STAGEDOOR_MASTER_KEY_FILE"])
    if "STAGEDOOR_MASTER_KEY_COMMAND" in environment:
        values["master_key_command"] = environment["STAGEDOOR_MASTER_KEY_COMMAND"]
    if "STAGEDOOR_UPSTREAM_TIMEOUTS" in environment:
        values["upstream_timeouts"] = upstream_timeouts_of(_listed(environment["STAGEDOOR_UPSTREAM_TIMEOUTS"]))
    for name in ("upstream_lists_per_minute", "embedded_lists_per_minute"):
        if (said := environment.get(f"STAGEDOOR_{name.upper()}")) is not None:
            values[name] = int(said)
    if (said := environment.get("STAGEDOOR_WEBHOOKS_REACH_PRIVATE")) is not None:
        values["webhooks_reach_private"] = _is_yes("STAGEDOOR_WEBHOOKS_REACH_PRIVATE", said)
    if environment.get("STAGEDOOR_FILES"):
        values["files"] = read_s3_address(environment["STAGEDOOR_FILES"], environment)
    if "STAGEDOOR_CACHE" in environment:
        values["cache"] = _listed(environment["STAGEDOOR_CACHE"])
    values.update({name: value for name, value in given.items() if value is not None})
    return Settings(**values)  # type: ignore[arg-type]  # each name is checked by the dataclass itself


def _is_yes(name: str, text: str) -> bool:
    word = text.strip().lower()
    if word not in ("yes", "no"):
        # A word that was meant as no and read as yes would open what was to be closed.
        raise ValueError(f"{name} is yes or no, not {text!r}")
    return word == "yes"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
