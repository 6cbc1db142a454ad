"""No server but one that a test started can be told to fail: what would carry it out is not within its reach."""

import ast
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "stagedoor"
SEEDING = {"stagedoor.testing.seed_file", "stagedoor.testing.seeding"}
"""What the command line takes from there: it makes things by operations, as anybody with a key may."""


def imported_by(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


def test_nothing_outside_imports_what_makes_a_server_fail() -> None:
    offenders = {
        str(module.relative_to(SOURCE)): names
        for module in SOURCE.rglob("*.py")
        if module.relative_to(SOURCE).parts[0] != "testing"
        and (names := {name for name in imported_by(module) if name.startswith("stagedoor.testing")} - SEEDING)
    }
    assert offenders == {}


def test_a_server_has_none_of_it_loaded() -> None:
    look = (
        "import sys, stagedoor.door.server, stagedoor.door.supervisor, stagedoor.door.worker, stagedoor.cli.main, "
        "stagedoor.cli.commands.up; "
        "print([name for name in sys.modules if name.startswith('stagedoor.testing')])"
    )
    seen = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[]"


def test_the_plugin_loads_no_server_before_one_is_asked_for() -> None:
    look = (
        "import sys, stagedoor.testing.plugin; print([name for name in sys.modules if name.startswith('stagedoor.')])"
    )
    seen = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "['stagedoor.testing', 'stagedoor.testing.plugin']"
