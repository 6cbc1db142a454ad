"""The pytest plugin as a project meets it: the first example of its guide, run by a pytest of its own."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx2
import yaml
from tests.factories.served import served

from stagedoor.testing.local_stagedoor import start_locally

REPOSITORY = Path(__file__).parents[2]
GUIDE = REPOSITORY / "docs" / "guides" / "testing-your-automation.md"
PLUGIN = "stagedoor.testing.plugin"


def blocks_of(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)


def test_the_plugin_is_announced_to_pytest() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {PLUGIN: PLUGIN}


def test_the_guides_first_example_passes_in_a_project_of_its_own(tmp_path: Path) -> None:
    [example] = blocks_of("python")
    (tmp_path / "test_invoices.py").write_text(example)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UIPATH_", "PYTEST_"))}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, "-p", "no:cacheprovider", "--rootdir", str(tmp_path)],
        cwd=tmp_path,
        env={**kept, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 passed" in run.stdout


def test_the_guides_seed_file_can_be_planted(tmp_path: Path) -> None:
    [seed] = blocks_of("yaml")
    path = tmp_path / "seed.yaml"
    path.write_text(seed)
    assert set(yaml.safe_load(seed)) == {"users", "scripts", "folders"}
    local = start_locally(tmp_path)
    try:
        local.seed(path)
    finally:
        local.close()


def test_a_server_for_tests_starts_with_a_seed_takes_orders_and_goes_back_to_it(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    example = str(REPOSITORY / "examples" / "seeds" / "orchestrator.yaml")
    command = [sys.executable, "-m", "stagedoor", "testing", "up", "--ready-file", str(ready_file), "--seed", example]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("base_url:")
            ready = json.loads(ready_file.read_text())
            headers = {"Authorization": f"Bearer {ready['access_key']}", "X-UIPATH-FolderPath": "Finance"}
            with httpx2.Client(base_url=f"{ready['url']}/orchestrator_", headers=headers) as client:

                def limits() -> list[str]:
                    assets = client.get("/odata/Assets", params={"$filter": "Name eq 'PaymentLimit'"}).json()["value"]
                    return [asset["Value"] for asset in assets]

                assert limits() == ["5000"]
                asset = client.get("/odata/Assets", params={"$filter": "Name eq 'PaymentLimit'"}).json()["value"][0]
                assert client.delete(f"/odata/Assets({asset['Id']})").status_code == 204
                assert limits() == []
                told = httpx2.post(f"{ready['base_url']}/api/stagedoor/v1/testing/reset", headers=headers)
                assert (told.status_code, told.json()["now"]) == (200, ready["now"])
                assert limits() == ["5000"]
        finally:
            process.terminate()
            process.wait(30)
    assert (process.returncode, ready_file.exists()) == (0, False)


def test_a_server_starts_with_the_examples_seed_and_plants_it_once(tmp_path: Path) -> None:
    example = str(REPOSITORY / "examples" / "seeds" / "orchestrator.yaml")
    for _ in range(2):
        with served(tmp_path / "data", "--seed", example) as house:
            assert house.folder == "Shared"
    assert "has its seed already" in house.log()
    with sqlite3.connect(house.data_dir / "stagedoor.db") as store:
        found = store.execute("SELECT name FROM queue_definitions ORDER BY name").fetchall()
    assert found == [("Bills",), ("Findings",), ("Invoices",)]
