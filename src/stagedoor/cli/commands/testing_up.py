"""``stagedoor testing up``: start a server for tests."""

import json
import signal
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from stagedoor.cli.options import output_option, pass_session
from stagedoor.cli.output import echo_facts, echo_json
from stagedoor.cli.server_part import server_part
from stagedoor.cli.session import Session
from stagedoor.kit.private_file import write_private


@click.command(
    epilog="""\b
Examples:
  stagedoor testing up --output json > server.json
  stagedoor testing up --port 8121 --seed examples/seeds/orchestrator.yaml
"""
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port; 0 takes a free one.")
@click.option(
    "--seed", "seed_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Make what a file says."
)
@click.option(
    "--ready-file", type=click.Path(dir_okay=False, path_type=Path), help="Write what is printed there too, as JSON."
)
@output_option
@pass_session
def up(session: Session, port: int, seed_file: Path | None, ready_file: Path | None) -> None:
    """Start a server for tests on this machine, and go on until Ctrl-C.

    Its data are new at each start and gone at its end. With --seed a reset goes back to what the file made.
    """
    start_locally = server_part("stagedoor.testing.local_stagedoor").start_locally
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with TemporaryDirectory(prefix="stagedoor-testing-") as directory:
        local = start_locally(Path(directory), port=port)
        try:
            if seed_file is not None:
                local.seed(seed_file)
                local.begin_here()
            facts: dict[str, Any] = {
                "base_url": local.base_url,
                "url": local.url,
                "organization": local.organization,
                "tenant": local.tenant,
                "folder": local.folder,
                "access_key": local.access_key,
                "admin": {"username": "admin", "password": local.admin_password},
                "now": local.clock.now().isoformat(),
            }
            if ready_file is not None:
                write_private(ready_file, json.dumps(facts))
            if session.wants_json:
                echo_json(facts)
            else:
                echo_facts(facts | {"admin": f"admin, {local.admin_password}"})
            ended.wait()
        finally:
            local.close()
            if ready_file is not None:
                ready_file.unlink(missing_ok=True)
