"""The remote Orchestrator of the benchmarks: nginx with one small and one large answer, on loopback."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SMALL_BYTES = 1024
LARGE_BYTES = 10 * 1024 * 1024
SMALL_PATH = "/odata/Jobs"
LARGE_PATH = "/odata/Buckets"

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
  }}
}}
"""


@contextmanager
def running_upstream(directory: Path) -> Iterator[str]:
    """Yield the base URL of a running nginx and end it afterwards."""
    directory.mkdir(parents=True)
    # The workers of an nginx that root starts are somebody else, who must be able to read this.
    directory.chmod(0o755)
    (directory / "small.json").write_text(_jobs(SMALL_BYTES))
    (directory / "large.json").write_text(_jobs(LARGE_BYTES))
    port = free_port()
    configuration = directory / "nginx.conf"
    configuration.write_text(
        CONFIGURATION.format(directory=directory, port=port, small_path=SMALL_PATH, large_path=LARGE_PATH)
    )
    process = subprocess.Popen(["nginx", "-c", str(configuration), "-e", "stderr"], stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """Return a loopback port on which nothing listens."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for_port(port: int, attempts: int = 100) -> None:
    """Return once something listens; raises ``ConnectionRefusedError`` after ten seconds."""
    for attempt in range(attempts):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if attempt == attempts - 1:
                raise
            time.sleep(0.1)
        else:
            return


def _jobs(size: int) -> str:
    frame = json.dumps({"value": [{"Id": 1, "State": "Successful", "Info": ""}]})
    return frame.replace('""', f'"{"x" * (size - len(frame))}"')
