"""``@fastify/http-proxy`` with a ``preHandler`` that checks key and path, as its own page shows."""

import json
import shutil
from pathlib import Path

from bench.peers.peer import PREFIX, Peer, Prepared, Surroundings

NODE = Path(__file__).with_name("node")
PACKAGE = NODE / "node_modules" / "@fastify" / "http-proxy" / "package.json"


def prepare(surroundings: Surroundings) -> Prepared:
    """Write the rules and what else the program reads."""
    surroundings.rules.write_files(surroundings.directory, PREFIX)
    setting = {
        "directory": str(surroundings.directory),
        "port": surroundings.port,
        "prefix": PREFIX,
        "upstream": f"http://127.0.0.1:{surroundings.upstream_port}",
        "authorization": surroundings.upstream_authorization,
    }
    file = surroundings.directory / "setting.json"
    file.write_text(json.dumps(setting))
    return Prepared([["node", str(NODE / "gateway.mjs"), str(file)]])


def _version() -> str | None:
    if shutil.which("node") is None or not PACKAGE.exists():
        return None
    version: str = json.loads(PACKAGE.read_text())["version"]
    return version


FASTIFY = Peer("@fastify/http-proxy {version}", _version, prepare)
