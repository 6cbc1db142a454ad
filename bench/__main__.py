"""Measure and print: ``python -m bench [ROW…] [--json FILE]``."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure
from bench.progress import Progress
from bench.rows import access_keys, command_line, embedded, gateway, grants, memory, starting, verdict
from bench.table import draw_table, to_json

ROWS: Mapping[str, Callable[[Path, Progress], list[Figure]]] = {
    "gateway": gateway.measure,
    "embedded": embedded.measure,
    "verdict": verdict.measure,
    "access-keys": access_keys.measure,
    "grants": grants.measure,
    "starting": starting.measure,
    "command-line": command_line.measure,
    "memory": memory.measure,
}
INSTALL = Path(__file__).with_name("install.sh")


def main() -> int:
    """Run the rows that were asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the budgets of the design.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"one or more of {', '.join(ROWS)}; all by default")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures with all their samples there too")
    asked = parser.parse_args()
    unknown = [row for row in asked.rows if row not in ROWS]
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    if subprocess.run(["sh", str(INSTALL)]).returncode != 0:
        return 1
    progress = Progress()
    figures: list[Figure] = []
    measured_at = datetime.now(UTC).isoformat(timespec="seconds")
    with tempfile.TemporaryDirectory(prefix="stagedoor-bench-") as scratch:
        Path(scratch).chmod(0o755)
        for row in asked.rows or ROWS:
            directory = Path(scratch) / row
            directory.mkdir()
            figures += ROWS[row](directory, progress)
    progress.say("done")
    machine = f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"
    print(f"\n{machine}, {measured_at}\n\n{draw_table(figures)}")
    if asked.json is not None:
        asked.json.write_text(to_json(figures, machine=machine, measured_at=measured_at) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
