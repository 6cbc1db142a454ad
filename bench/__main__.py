"""Measure and print: ``python -m bench [ROW…] [--quick] [--json FILE] [--write]``."""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Finding
from bench.page import PAGE, write_blocks
from bench.progress import Progress
from bench.rows import (
    access_keys,
    bodies,
    command_line,
    embedded,
    gateway,
    grants,
    growth,
    memory,
    peer_keys,
    peers,
    starting,
    verdict,
)
from bench.run import QUICK, THOROUGH, Run
from bench.table import as_markdown, draw_tables, make_grids, to_json

ROWS: Mapping[str, Callable[[Run], Sequence[Finding]]] = {
    "gateway": gateway.measure,
    "peers": peers.measure,
    "peer-keys": peer_keys.measure,
    "embedded": embedded.measure,
    "growth": growth.measure,
    "verdict": verdict.measure,
    "access-keys": access_keys.measure,
    "grants": grants.measure,
    "starting": starting.measure,
    "command-line": command_line.measure,
    "memory": memory.measure,
    "bodies": bodies.measure,
}
# What is installed for which rows, in the order in which the script wants it.
GROUPS: Mapping[str, frozenset[str]] = {"cds": frozenset({"growth"}), "peers": frozenset({"peers", "peer-keys"})}
INSTALL = Path(__file__).with_name("install.sh")


def main() -> int:
    """Run the rows that were asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the budgets of the design.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"one or more of {', '.join(ROWS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="one short round of load each, to see that all runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures with all their samples there too")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/reference/benchmarks.md too")
    asked = parser.parse_args()
    unknown = [row for row in asked.rows if row not in ROWS]
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    rows = asked.rows or list(ROWS)
    groups = [group for group, its_rows in GROUPS.items() if its_rows & set(rows)]
    # Debian keeps servers out of the PATH of those who are not root.
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    environment = {**os.environ, "PYTHON": sys.executable}
    if subprocess.run(["sh", str(INSTALL), *groups], env=environment, stdout=sys.stderr).returncode != 0:
        return 1
    found = _measure(rows, is_quick=asked.quick)
    findings = [finding for row in rows for finding in found[row]]
    machine, measured_at = describe_machine(), datetime.now(UTC).isoformat(timespec="seconds")
    print(f"\n{machine}, {measured_at}\n\n{draw_tables(findings)}")
    if asked.json is not None:
        asked.json.write_text(to_json(findings, machine=machine, measured_at=measured_at) + "\n")
    if asked.write:
        pace = ", one short round" if asked.quick else ""
        caption = f"{machine}, {measured_at[:10]}{pace}."
        write_blocks(PAGE, {row: _as_block(found[row], caption) for row in rows})
    return 0


def describe_machine() -> str:
    """Return what the figures were measured on."""
    cores = len(os.sched_getaffinity(0))
    models = {
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    }
    processor = "".join(f" ({model})" for model in sorted(models))
    kernel = platform.release().partition("-")[0]
    return f"{cores} cores{processor}, Linux {kernel}, Python {platform.python_version()}"


def _measure(rows: Sequence[str], *, is_quick: bool) -> dict[str, Sequence[Finding]]:
    progress = Progress()
    found: dict[str, Sequence[Finding]] = {}
    with tempfile.TemporaryDirectory(prefix="stagedoor-bench-") as scratch:
        Path(scratch).chmod(0o755)
        for row in rows:
            directory = Path(scratch) / row
            directory.mkdir()
            found[row] = ROWS[row](Run(directory, progress, QUICK if is_quick else THOROUGH))
    progress.say("done")
    return found


def _as_block(findings: Sequence[Finding], caption: str) -> str:
    return "\n\n".join([caption, *(as_markdown(grid) for grid in make_grids(findings))])


if __name__ == "__main__":
    sys.exit(main())
