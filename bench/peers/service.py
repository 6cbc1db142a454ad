"""How the key check is started beside a gateway that asks it."""

import sys
from pathlib import Path

from bench.peers import key_check
from bench.peers.peer import PREFIX, Command, Surroundings


def key_check_command(surroundings: Surroundings, port: int) -> Command:
    """Write the rules beside the gateway's configuration; return how the service that keeps to them is started."""
    surroundings.rules.write_files(surroundings.directory, PREFIX)
    return [sys.executable, str(Path(key_check.__file__)), str(port), str(surroundings.directory)]
