"""The remote Orchestrator of the benchmarks: nginx with one small and one large answer, on loopback."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

SMALL_BYTES = 1024
LARGE_BYTES = 10 * 1024 * 1024
SMALL_PATH = "/odata/Releases"
"""Not the list of jobs: of that the vendor allows a hundred in a minute, and Stagedoor holds its callers to it."""
LARGE_PATH = "/odata/Buckets"
MATCHED_PATH = "/odata/Calendars(7)"
"""Answers as the small path does; a gateway has to match it with a template."""
SHOWING_PATH = "/odata/Calendars"
"""Answers with the credential that reached the upstream."""

CONFIGURATION = """
daemon off; worker_processes 1; pid {directory}/nginx.pid; error_log {directory}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type application/json; keepalive_requests 1000000000;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  open_file_cache max=8;
  server {{
    listen 127.0.0.1:{port}; root {directory};
    location = {small_path} {{ try_files /small.json =500; }}
    location = {large_path} {{ try_files /large.json =500; }}
    location = "{matched_path}" {{ try_files /small.json =500; }}
    location = {showing_path} {{ return 200 '{{"authorization": "$http_authorization"}}'; }}
  }}
}}
"""


@contextmanager
def running_upstream(directory: Path, *, core: int | None = None) -> Iterator[str]:
    """Yield the base URL of a running nginx and end it afterwards."""
    directory.mkdir(parents=True)
    # The workers of an nginx that root starts are somebody else, who must be able to read this.
    directory.chmod(0o755)
    (directory / "small.json").write_text(_list(SMALL_BYTES))
    (directory / "large.json").write_text(_list(LARGE_BYTES))
    port = free_port()
    configuration = directory / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(
            directory=directory,
            port=port,
            small_path=SMALL_PATH,
            large_path=LARGE_PATH,
            matched_path=MATCHED_PATH,
            showing_path=SHOWING_PATH,
        )
    )
    command = on_core(core, "nginx", "-c", str(configuration), "-e", "stderr")
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def on_core(core: int | None, *command: str) -> list[str]:
    """Return a command that is held to one core of the machine, or with ``None`` to none."""
    return list(command) if core is None else ["taskset", "-c", str(core), *command]


def free_port() -> int:
    """Return a loopback port on which nothing listens."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for_port(port: int, attempts: int = 100, *, while_running: Sequence["subprocess.Popen[bytes]"] = ()) -> None:
    """Return once something listens; raises ``ConnectionRefusedError`` after a tenth of a second for each attempt.

    It raises at once when one of the processes has ended.
    """
    for attempt in range(attempts):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if attempt == attempts - 1 or any(process.poll() is not None for process in while_running):
                raise
            time.sleep(0.1)
        else:
            return


def _list(size: int) -> str:
    frame = json.dumps({"value": [{"Id": 1, "State": "Successful", "Info": ""}]})
    return frame.replace('""', f'"{"x" * (size - len(frame))}"')
