"""A server that speaks as S3 does and that nobody here wrote: moto, in a process of its own, all in memory."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
from tests.factories.patience import eventually

from stagedoor.kit.s3_address import S3Address, read_s3_address

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "canary-of-s3-Hw7"}


@dataclass(frozen=True)
class S3Server:
    """A running server."""

    url: str
    process: "subprocess.Popen[bytes]"

    def make_bucket(self, name: str) -> None:
        answer = httpx2.put(f"{self.url}/{name}")
        assert answer.status_code == 200, answer.text

    def address(self, bucket: str, prefix: str = "") -> S3Address:
        return read_s3_address(f"s3://{bucket}/{prefix}?endpoint={self.url}", CREDENTIALS)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Start a server and stop it at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _answers(url), bool)
        yield S3Server(url, process)
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/moto-api/").status_code == 200
    except httpx2.TransportError:
        return False
