"""Programs in Node that tests run: facts go in as JSON on standard input, a result comes back as JSON."""

import json
import subprocess
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).parents[1] / "strangers" / "node"
SECONDS_MAX = 60


def run_node(program: str, scenario: str, **facts: Any) -> Any:
    """Run one scenario of a program beside the installed npm packages and return what it came to."""
    command = ["node", str(PROGRAMS / program), scenario]
    done = subprocess.run(command, input=json.dumps(facts), capture_output=True, text=True, timeout=SECONDS_MAX)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)
