"""Bodies of two gibibytes that pass through, each way: how fast, and what they add to the server's memory."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from bench.figures import Figure, at_most
from bench.house import PreparedHouse, RunningServer, prepare_house, running_server
from bench.large_bodies import MEBIBYTE, download, large_upstream, make_certificate, upload
from bench.run import QUICK, Run

ROW = "bodies"
THOROUGH_MEBIBYTES, QUICK_MEBIBYTES = 2048, 256


def measure(run: Run) -> list[Figure]:
    """Return, for each direction, framing and kind of upstream, megabytes a second and megabytes added at the peak."""
    size = (QUICK_MEBIBYTES if run.pace == QUICK else THOROUGH_MEBIBYTES) * MEBIBYTE
    figures: list[Figure] = []
    for kind in ("HTTP", "TLS"):
        house = prepare_house(run.directory / kind)
        access_key = house.make_key("all")
        certificate = make_certificate(run.directory) if kind == "TLS" else None
        with (
            large_upstream(size, certificate=certificate) as upstream_url,
            _serving(house, upstream_url, certificate) as server,
        ):
            # The management API answers once all rooms are read in, whose megabytes are not the bodies'.
            headers = {"Authorization": f"Bearer {access_key}"}
            httpx2.get(f"{server.base_url}/api/stagedoor/v1/whoami", headers=headers).raise_for_status()
            upload(server.orchestrator_url, access_key, MEBIBYTE, in_chunks=False)
            for direction, carry in (("up", upload), ("down", download)):
                for in_chunks in (False, True):
                    framing = "chunked" if in_chunks else "of declared length"
                    name = f"{size // MEBIBYTE} MiB {direction}, {framing}, upstream by {kind}"
                    run.progress.say(f"{ROW}: {name}")
                    with _peak(server) as added:
                        began = time.perf_counter()
                        carry(server.orchestrator_url, access_key, size, in_chunks=in_chunks)
                        rate = size / 1e6 / (time.perf_counter() - began)
                    figures.append(Figure(row=ROW, name=f"{name}: rate", samples=[rate], unit="MB/s"))
                    figures.append(
                        Figure(row=ROW, name=f"{name}: memory added", samples=added, unit="MB", budget=at_most(50))
                    )
    return figures


@contextmanager
def _serving(house: PreparedHouse, upstream_url: str, certificate: Path | None) -> Iterator[RunningServer]:
    _connect(house, upstream_url, certificate)
    with running_server(house) as server:
        yield server


def _connect(house: PreparedHouse, upstream_url: str, certificate: Path | None) -> None:
    if certificate is None:
        house.set_destination(upstream_url)
        return
    order = {
        "name": "large",
        "kind": "pat",
        "url": upstream_url,
        "secret": secrets.token_urlsafe(32),
        "ca_pem": certificate.read_text().partition("-----BEGIN PRIVATE KEY")[0],
        "tenant": f"{house.organization}/{house.tenant}",
    }
    with house.management() as client:
        client.post("/connections", json=order).raise_for_status()


@contextmanager
def _peak(server: RunningServer) -> Iterator[list[float]]:
    """Yield where the megabytes will be that the block added to the server's memory at its highest."""
    process = Path(f"/proc/{server.process.pid}")
    # From here on the kernel notes the peak anew.
    (process / "clear_refs").write_text("5")
    added: list[float] = []
    before = _kilobytes(process, "VmRSS")
    yield added
    added.append((_kilobytes(process, "VmHWM") - before) * 1024 / 1e6)


def _kilobytes(process: Path, what: str) -> int:
    lines = (process / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))
