import ast
import re
import shlex
from typing import Any, cast

import pytest
from tests.factories.console import key_facts

from stagedoor.client import AccessKeyFacts, Tenant
from stagedoor.console.snippets import quick_curl, snippets_for

TENANT = cast(
    "Tenant",
    {
        "id": "t",
        "name": "dev",
        "display_name": "Dev",
        "organization": {"id": "o", "name": "acme"},
        "base_url": "http://stagedoor.example:8120/acme/dev",
        "destination": "embedded",
    },
)
KEY = "sd_theKey"


def snippets(**changed: Any) -> dict[str, str]:
    facts = cast("AccessKeyFacts", key_facts(**changed))
    return {snippet.name: snippet.text for snippet in snippets_for(TENANT, facts, KEY, folder="Shared")}


@pytest.mark.parametrize(
    "allow", [["Jobs_StartJobs"], ["scope:OR.Queues.Read"], ["tag:Assets"], ["Users_DeleteById"], ["all"]]
)
def test_each_snippet_is_whole_and_uses_the_key(allow: list[str]) -> None:
    made = snippets(allow=allow)
    assert set(made) == {"curl", "Python", "Node"}
    words = shlex.split(made["curl"].replace("\\\n", " "))
    assert words[0] == "curl"
    assert f"Authorization: Bearer {KEY}" in words
    assert words[-1].startswith("http://stagedoor.example:8120/acme/dev/orchestrator_/odata/")
    ast.parse(made["Python"])
    assert f"Bearer {KEY}" in made["Python"]
    assert f"Bearer {KEY}" in made["Node"]


def test_a_snippet_starts_a_job_where_the_key_may() -> None:
    made = snippets(allow=["Jobs_Get", "Jobs_StartJobs"])
    assert '-d \'{"startInfo": {"ReleaseName": "InvoiceBot"}}\'' in made["curl"]
    assert "Content-Type: application/json" in made["curl"]


def test_a_snippet_lists_where_the_key_may_only_look() -> None:
    made = snippets(allow=["scope:OR.Assets.Read", "Jobs_Get"])
    assert "?$top=5'" in made["curl"]
    assert "-d" not in made["curl"].split()


def test_a_snippet_names_a_folder_only_where_the_door_cannot_know_it() -> None:
    assert "X-UIPATH-FolderPath" not in snippets(folders=["Shared"])["curl"]
    assert "X-UIPATH-FolderPath: A" in snippets(folders=["A", "B"])["curl"]
    assert "X-UIPATH-FolderPath: Shared" in snippets(folders=None)["curl"]


def test_a_folder_with_quotes_does_not_leave_its_quotes() -> None:
    path = 'It\'s "mine"; rm -rf $HOME'
    made = snippets(folders=[path, "B"])
    assert f"X-UIPATH-FolderPath: {path}" in shlex.split(made["curl"].replace("\\\n", " "))
    ast.parse(made["Python"])
    assert re.search(r'"It\'s \\"mine\\"; rm -rf \$HOME"', made["Node"])


def test_the_quick_call_leaves_the_dollar_to_odata() -> None:
    text = quick_curl(TENANT)
    assert '"Authorization: Bearer $STAGEDOOR_KEY"' in text
    assert "'http://stagedoor.example:8120/acme/dev/orchestrator_/odata/Jobs?$top=5'" in text
