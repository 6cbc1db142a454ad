"""Rules of the house that no linter knows."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import stagedoor
from stagedoor.door import surfaces
from stagedoor.identity.organizations.service import RESERVED_NAMES
from stagedoor.kit.errors import StagedoorError
from stagedoor.orchestrator.file_addresses.access import ROOT as FILES_ROOT

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src" / "stagedoor"
MODULES = sorted(SOURCE.rglob("*.py"))
LINES_MAX = 500
FACES = {"__init__.py", "catalog/__init__.py", "client/__init__.py"}
"""What other programs import from: the three packages with more in their face than a paragraph."""
NAMED_BY_OTHERS = {"get_command", "get_default_redirect_uri", "get_redirect_uri"}
"""Methods of click and Authlib, whose names their base classes decide."""
FOUND_ALWAYS = {"door/surfaces.py:find_place", "door/surfaces.py:_find_orchestrator"}
"""What finds without ``None``: a path that leads nowhere has a place of its own, the surface ``UNKNOWN``."""
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
    named = re.findall(r"`(tests/[\w/]+\.py)::(?:(\w+)::)?(\w+)`", text)
    assert len(named) == text.count("`tests/")
    for path, group, test in named:
        source = (REPOSITORY / path).read_text()
        assert re.search(rf"^class {group}\b", source, re.MULTILINE) or not group, f"{path}::{group}"
        assert re.search(rf"^\s*(async )?def {test}\(", source, re.MULTILINE), f"{path}::{test}"
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith(("| Promise", "| --")):
            assert "tests/" in line or "not yet" in line, line


def test_the_index_of_decisions_names_each_by_a_number_of_its_own() -> None:
    directory = REPOSITORY / "docs" / "decisions"
    records = sorted(page.name for page in directory.glob("0*.md"))
    assert re.findall(r"\((0[\w-]+\.md)\)", (directory / "README.md").read_text()) == records
    numbers = [name[:4] for name in records]
    assert len(set(numbers)) == len(numbers)


def test_no_module_is_longer_than_one_thing_needs() -> None:
    lengths = {
        str(module.relative_to(SOURCE)): len(module.read_text().splitlines())
        for module in MODULES
        if module.parent.name != "versions"
    }
    assert {module: lines for module, lines in lengths.items() if lines > LINES_MAX} == {}


def test_a_package_begins_with_a_paragraph_and_holds_nothing_else() -> None:
    offenders = [
        str(module.relative_to(SOURCE))
        for module in MODULES
        if module.name == "__init__.py" and len(ast.parse(module.read_text()).body) > 1
    ]
    assert set(offenders) <= FACES


def functions_named(begin: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Yield the functions of such a name: where each is, the function, and whether it may return ``None``."""
    for module in MODULES:
        for function in ast.walk(ast.parse(module.read_text())):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            overloads = any(ast.unparse(decorator) == "overload" for decorator in function.decorator_list)
            if function.name.lstrip("_").startswith(begin) and not overloads:
                returned = "" if function.returns is None else ast.unparse(function.returns)
                where = f"{module.relative_to(SOURCE)}:{function.name}"
                yield where, function, bool(re.search(r"\bNone\b", returned))


def test_what_is_named_get_returns_it_or_raises() -> None:
    offenders = [
        where
        for where, function, may_be_none in functions_named("get_")
        if may_be_none and function.name not in NAMED_BY_OTHERS
    ]
    assert offenders == [], "find_x may return None, get_x raises"


def test_what_is_named_find_may_find_nothing() -> None:
    offenders = {where for where, _, may_be_none in functions_named("find_") if not may_be_none}
    assert offenders == FOUND_ALWAYS, "find_x may return None; several of a thing are listed"


def test_a_silenced_linter_is_given_the_reason() -> None:
    silenced = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover)\b")
    explained = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\]|pragma: no cover)  # \w")
    offenders = [
        f"{module.relative_to(SOURCE)}:{number}"
        for module in MODULES
        for number, line in enumerate(module.read_text().splitlines(), 1)
        if silenced.search(line) and not explained.search(line)
    ]
    assert offenders == []


def roots_of_surfaces() -> set[str]:
    """Return each word that ``find_place`` takes for the house's own: first, or second behind any organization."""
    tree = ast.parse(Path(surfaces.__file__).read_text())
    roots = {path.split("/")[1] for path in surfaces.OPERATIONS_PATHS | surfaces.ACCOUNT_HOST_PATHS}
    roots |= surfaces.ORCHESTRATOR_ROOTS | {"orchestrator_", FILES_ROOT}
    for sequence in (pattern for pattern in ast.walk(tree) if isinstance(pattern, ast.MatchSequence)):
        told = [part for part in sequence.patterns if isinstance(part, ast.MatchValue | ast.MatchOr)]
        roots |= {str(word.value) for word in ast.walk(told[0]) if isinstance(word, ast.Constant)}
    return roots - {""}


def test_nobody_can_be_called_as_a_path_of_the_house_begins() -> None:
    roots = roots_of_surfaces()
    assert {"console", "cloudrpa", "identity", "portal_", "healthz", "oauth"} <= roots
    assert roots == RESERVED_NAMES


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_a_reserved_name_is_never_read_as_an_organization(name: str) -> None:
    assert surfaces.find_place(f"/{name}/dev/odata/Jobs").organization is None
