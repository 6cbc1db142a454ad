"""Rules of the house that no linter knows."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import stagedoor
from stagedoor.kit.errors import StagedoorError

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "stagedoor"
MODULES = sorted(SOURCE.rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}


def every_error() -> list[type[StagedoorError]]:
    for module in pkgutil.walk_packages(stagedoor.__path__, "stagedoor."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found, waiting = [], [StagedoorError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.__module__.startswith("stagedoor"):
            found.append(error)
    return found


def test_every_error_code_has_a_page_that_says_how_to_fix_it() -> None:
    missing = []
    for code in sorted({error.code for error in every_error()}):
        page = REPOSITORY / "docs" / "errors" / f"{code}.md"
        text = page.read_text() if page.exists() else ""
        if "## What happened" not in text or "## How to fix" not in text:
            missing.append(code)
    assert missing == []


def test_every_error_page_belongs_to_an_error() -> None:
    codes = {error.code for error in every_error()}
    pages = {page.stem for page in (REPOSITORY / "docs" / "errors").glob("*.md")} - {"README"}
    assert pages - codes == set()


def test_one_error_code_means_one_thing() -> None:
    owners: dict[str, set[str]] = {}
    for error in every_error():
        if "code" in vars(error):
            owners.setdefault(error.code, set()).add(f"{error.__module__}.{error.__name__}")
    assert {code: names for code, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_says_what_it_is_for_and_is_named_by_a_noun(module: Path) -> None:
    tree = ast.parse(module.read_text())
    assert ast.get_docstring(tree), "a module begins with a docstring"
    assert module.stem not in FORBIDDEN_NAMES
    assert not FORBIDDEN_NAMES & set(module.relative_to(SOURCE).parts)


def test_application_code_never_commits() -> None:
    allowed = {"kit/db.py", "migrations/upgrade.py"}
    offenders = [
        str(module.relative_to(SOURCE))
        for module in MODULES
        if ".commit()" in module.read_text() and str(module.relative_to(SOURCE)) not in allowed
    ]
    assert offenders == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    pattern = re.compile(r"datetime\.now\(|datetime\.utcnow\(|time\.time\(|date\.today\(")
    offenders = [
        str(module.relative_to(SOURCE))
        for module in MODULES
        if pattern.search(module.read_text()) and module.name != "clock.py"
    ]
    assert offenders == []


def test_routes_and_services_write_no_sql() -> None:
    pattern = re.compile(r"from sqlalchemy(\.\w+)* import (?!.*\bSession\b)|import sqlalchemy")
    offenders = [
        str(module.relative_to(SOURCE))
        for module in MODULES
        if module.stem in ("routes", "service") and pattern.search(module.read_text())
    ]
    assert offenders == []


def test_every_promise_names_a_test_that_exists() -> None:
    text = (REPOSITORY / "docs" / "security" / "promises.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) >= 10
    for path, test in named:
        assert re.search(rf"^\s*(async )?def {test}\(", (REPOSITORY / path).read_text(), re.MULTILINE), (
            f"{path}::{test}"
        )
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith(("| Promise", "| --")):
            assert "tests/" in line or "not yet" in line, line
