"""Every public method of the vendor's libraries is called in a test, or ``docs/reference/clients.md`` says why not."""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.factories.administrator import Administrator
from tests.factories.node import PROGRAMS, run_node
from uipath.platform import UiPath
from uipath.platform.common import BaseService

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "clients.md"
TYPESCRIPT = PROGRAMS / "node_modules" / "@uipath" / "uipath-typescript"

# ``jobs.list``: a variable is named as the service is, which the tests keep to.
CALL = re.compile(r"\b([a-z_]+)(?=\.([A-Za-z_]+)\b)")
CLASS = re.compile(r"^declare class (\w+) (?:extends \w+ )?(?:implements \w+ )?\{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
METHOD = re.compile(r"^    (?!private |protected |constructor)(?:async )?(\w+)[<(]", re.MULTILINE)


def said_of(client: str) -> set[str]:
    """Return what the first column of a client's table on the page names."""
    _, _, rest = PAGE.read_text().partition(f"## Not asked of `{client}`\n")
    section, _, _ = rest.partition("\n## ")
    cells = (row.split("|")[1] for row in section.splitlines() if row.startswith("| `"))
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def called_in(*sources: Path) -> set[str]:
    return {".".join(call) for source in sources for call in CALL.findall(source.read_text())}


def check(methods: dict[str, set[str]], *, called: set[str], said: set[str]) -> None:
    """Compare a library's methods, service by service, with those called and those of which the page speaks."""
    known = {service: {f"{service}.{name}" for name in names} for service, names in methods.items()}
    every = set(known) | {name for names in known.values() for name in names}
    untold = {name for service, names in known.items() if service not in said for name in names} - called - said
    assert not untold, f"neither called nor on {PAGE.name}"
    assert not said - every, f"on {PAGE.name}, but not in the library"
    assert not said & called, f"on {PAGE.name}, but called"


def services_of_python() -> Iterator[tuple[str, set[str]]]:
    ours = {name for name, _ in inspect.getmembers(BaseService, inspect.isfunction)} - {"request", "request_async"}
    for service, attribute in vars(UiPath).items():
        made_by = getattr(attribute, "fget", None) or getattr(attribute, "func", None)
        if made_by is not None and not service.startswith("_"):
            functions = inspect.getmembers(inspect.signature(made_by).return_annotation, inspect.isfunction)
            names = {name for name, _ in functions if not name.startswith("_")} - ours
            # Those that every service has are called once, by its client for everything else.
            yield service, names if service == "api_client" else names - {"request", "request_async"}


def test_every_method_of_the_python_library() -> None:
    called = called_in(*HERE.glob("test_uipath_library*.py"))
    check(dict(services_of_python()), called=called, said=said_of("uipath"))


def services_of_typescript() -> Iterator[tuple[str, set[str]]]:
    for export in json.loads((TYPESCRIPT / "package.json").read_text())["exports"]:
        declarations = TYPESCRIPT / "dist" / export / "index.d.ts"
        if export != "." and declarations.exists():
            classes = CLASS.findall(declarations.read_text())
            services = [body for name, body in classes if name != "BaseService" and not name.endswith("Error")]
            yield export.removeprefix("./"), {name for body in services for name in METHOD.findall(body)}


def test_every_method_of_the_typescript_library() -> None:
    called = called_in(*PROGRAMS.glob("uipath-typescript*.cjs"))
    check(dict(services_of_typescript()), called=called, said=said_of("@uipath/uipath-typescript"))


@pytest.fixture(scope="module")
def answers(administrator: Administrator) -> dict[str, dict[str, Any]]:
    """What every helper of the npm package ``uipath-orchestrator`` came to."""
    house = administrator.house
    answers: dict[str, dict[str, Any]] = run_node(
        "uipath-orchestrator.cjs",
        "everyHelper",
        baseUrl=house.base_url,
        path=f"/{house.organization}/{house.tenant}",
        accessKey=administrator.orchestrator.headers["Authorization"].removeprefix("Bearer "),
        folderId=1,
    )
    return answers


def test_every_helper_of_the_old_npm_package_finds_an_operation(answers: dict[str, dict[str, Any]]) -> None:
    def finds_none(answer: dict[str, Any]) -> bool:
        text = json.dumps(answer.get("body"))
        return answer.get("status") in {404, 405} and ("is no operation" in text or "This path takes" in text)

    assert {name for name, answer in answers.items() if finds_none(answer)} == said_of("uipath-orchestrator")


def test_its_helpers_that_list_are_answered(answers: dict[str, dict[str, Any]]) -> None:
    assert all(answer.get("status", 200) < 500 for answer in answers.values())
    unanswered = {name for name, answer in answers.items() if re.fullmatch(r"get\w+s", name) and "status" in answer}
    about_one = {name for name in unanswered if answers[name]["body"]["errorCode"] == 1002}
    assert unanswered - about_one <= said_of("uipath-orchestrator") | {"getLastDaysProcessingRecords"}
