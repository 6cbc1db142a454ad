"""``stagedoor up``: start a server."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stagedoor.cli.master_key_options import master_key_options, settle_master_key
from stagedoor.cli.options import output_option, pass_session, store_dir_option
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session
from stagedoor.cli.welcome import welcome_text
from stagedoor.kit.collector import collector_resting

if TYPE_CHECKING:
    from stagedoor.admin.started import FirstStart
    from stagedoor.kit.settings import Settings

PORT_MAX = 65535
WORKERS_MAX = 64


@click.command(
    epilog="""\b
Examples:
  stagedoor up
  stagedoor up --port 0 --ready-file ready.json    any free port; the file says which
  stagedoor up --workers 4                         on four cores; SIGHUP upgrades without a pause
  stagedoor up --empty --data-dir /srv/stagedoor   without the sample tenant's contents
  stagedoor up --seed orchestrator.yaml            with what a file says beside them

\b
Also read: STAGEDOOR_DATA_DIR, STAGEDOOR_HOST, STAGEDOOR_PORT, STAGEDOOR_PUBLIC_BASE_URL,
STAGEDOOR_DATABASE_URL, STAGEDOOR_TRUSTED_PROXIES, STAGEDOOR_UPSTREAM_TIMEOUTS, STAGEDOOR_CACHE, STAGEDOOR_FILES; an
option wins over its variable.

\b
The master key seals every secret in the store. It lies in master.key in the data directory, which the
first start makes, or comes from one of --master-key-file (STAGEDOOR_MASTER_KEY_FILE),
--master-key-command (STAGEDOOR_MASTER_KEY_COMMAND) and STAGEDOOR_MASTER_KEY: 64 hexadecimal digits, as
`openssl rand -hex 32` makes them. Keep a copy apart from the backups of the store: without it they are
of no use. `stagedoor secrets rewrap` changes it.
"""
)
@click.option("--port", type=click.IntRange(0, PORT_MAX), help="Port to listen on; 0 takes a free one. Default 8120.")
@click.option("--host", help="Address to listen on. Default 127.0.0.1, this machine alone.")
@store_dir_option
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write base URL, sign-in and sample key there as JSON once the server answers.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, WORKERS_MAX),
    default=1,
    show_default=True,
    help="Processes that answer, about one for each core. With several, SIGHUP changes them for new ones.",
)
@click.option(
    "--upstream-timeout",
    "upstream_timeouts",
    multiple=True,
    metavar="KIND=SECONDS",
    help="How long a remote Orchestrator may be silent: connect=10s, before its answer read=60s, write=100s, long=300s "
    "and transfer=300s, and idle=60s within one. These are the defaults.",
)
@click.option(
    "--cache",
    "cache_rules",
    multiple=True,
    metavar="OPERATION=SECONDS",
    help="Answer identical reads of remote Orchestrators from memory for so long: Jobs_Get=2s, ORG/TENANT:Jobs_Get=2s "
    "for one tenant. With +no-store behind it also where the upstream forbids it. Off without.",
)
@click.option(
    "--files",
    metavar="S3-ADDRESS",
    help="Keep packages, files of buckets and attachments in S3: s3://bucket/prefix?endpoint=https://s3.example.com, "
    "with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Without, they lie in the data directory.",
)
@click.option("--empty", is_flag=True, help="Seed nothing on the first start.")
@click.option(
    "--seed",
    "seed_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Make what this YAML or JSON file says before the first answer, once for a data directory; beside the sample "
    "contents, or with --empty in place of them.",
)
@master_key_options
@output_option
@pass_session
def up(
    session: Session,
    port: int | None,
    host: str | None,
    data_dir: Path | None,
    ready_file: Path | None,
    workers: int,
    upstream_timeouts: tuple[str, ...],
    cache_rules: tuple[str, ...],
    files: str | None,
    seed_file: Path | None,
    master_key_file: Path | None,
    master_key_command: str | None,
    *,
    empty: bool,
) -> None:
    """Start a server and print how to reach it.

    The first start makes an organization, a tenant, an administrator and a sample key. Data are kept between starts.

    Ctrl-C and SIGTERM stop it: requests under way are answered first, for up to ten seconds.
    """
    from stagedoor.kit.settings import settings_from_environment

    # As variables, so that workers read them as everything else.
    environment = dict(session.world.environment)
    if upstream_timeouts:
        environment["STAGEDOOR_UPSTREAM_TIMEOUTS"] = ",".join(upstream_timeouts)
    if cache_rules:
        environment["STAGEDOOR_CACHE"] = ",".join(cache_rules)
    if files:
        environment["STAGEDOOR_FILES"] = files
    try:
        settings = settings_from_environment(environment, data_dir=data_dir, host=host, port=port)
    except ValueError as wrong:
        raise click.UsageError(f"A setting cannot be read: {wrong}.") from wrong
    settings = replace(settings, data_dir=settings.data_dir.resolve())
    settings = settle_master_key(settings, master_key_file, master_key_command)
    if not is_loopback(settings.host) and not settings.public_base_url.startswith("https://"):
        click.echo(
            f"Note: {settings.host} can be reached from other machines, and keys travel as plain text. Put a proxy "
            "that speaks TLS in front, and name it in STAGEDOOR_PUBLIC_BASE_URL.",
            err=True,
        )

    if seed_file is not None:
        from stagedoor.cli.first_seed import plant_once

        plant_once(session, settings, seed_file, empty=empty)
    with _ended_like_ctrl_c(), collector_resting() as wake_collector:

        def tell_ready(settled: "Settings", made: "FirstStart") -> None:
            wake_collector()
            if session.wants_json:
                from stagedoor.cli.output import echo_json

                echo_json(ready_facts(settled.base_url, made))
            else:
                click.echo(welcome_text(settled.base_url, made))

        if workers == 1:
            server_part("stagedoor.door.server").serve(
                settings, ready_file=ready_file, empty=empty, on_ready=tell_ready
            )
        else:
            server_part("stagedoor.door.supervisor").supervise(
                settings,
                workers,
                ready_file=ready_file,
                empty=empty,
                environment=environment,
                on_ready=tell_ready,
            )
            click.echo("Stopped.", err=True)


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """Have SIGTERM end the server as Ctrl-C does: everything is written and put away, and that is a success."""
    former = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)
    finally:
        signal.signal(signal.SIGTERM, former)


def is_loopback(host: str) -> bool:
    """Tell whether an address can be reached from this machine alone."""
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def ready_facts(base_url: str, made: "FirstStart") -> dict[str, Any]:
    """Return what the ready file holds too."""
    return {
        "base_url": base_url,
        "organization": made.organization,
        "tenant": made.tenant,
        "folder": made.folder,
        "admin": {
            "username": made.admin_username,
            "password": made.admin_password.reveal() if made.admin_password else None,
        },
        "sample_key": made.sample_key.reveal() if made.sample_key else None,
    }
