"""``stagedoor app …``: external applications, and a secret that is shown once."""

import json

from tests.factories.command_line import CommandLine
from tests.factories.wire import Wire, ok

TENANT = {"id": "t1", "name": "dev", "organization": {"id": "o1", "name": "acme"}, "base_url": "http://s.test/acme/dev"}
PROD = TENANT | {"id": "t2", "name": "prod", "base_url": "http://s.test/acme/prod"}
TENANTS = ok({"items": [TENANT, PROD], "next": None})
MADE = {
    "id": "app-1",
    "name": "front",
    "is_confidential": True,
    "redirect_uris": [],
    "user_scopes": [],
    "application_scopes": ["OR.Jobs", "OR.Queues"],
}
PUBLIC = MADE | {"is_confidential": False, "redirect_uris": ["http://127.0.0.1/callback"], "application_scopes": []}


def test_create_as_json_has_everything_that_another_stagedoor_needs(with_key: CommandLine) -> None:
    with_key.wire = Wire(TENANTS, ok(MADE | {"secret": "app_canary"}, 201))
    made = with_key.json("app", "create", "front", "--tenant", "acme/prod", "--scope", "OR.Jobs", "OR.Queues")
    assert made == {
        "client_id": "app-1",
        "client_secret": "app_canary",
        "name": "front",
        "tenant": "acme/prod",
        "url": "http://s.test/acme/prod/orchestrator_",
        "scopes": ["OR.Jobs", "OR.Queues"],
        "redirect_uris": [],
    }
    assert json.loads(with_key.wire.sent[1].content) == {
        "name": "front",
        "is_confidential": True,
        "redirect_uris": [],
        "application_scopes": ["OR.Jobs", "OR.Queues"],
    }


def test_create_in_words_says_that_the_secret_is_shown_once(with_key: CommandLine) -> None:
    with_key.wire = Wire(TENANTS, ok(MADE | {"secret": "app_canary"}, 201))
    result = with_key.run("app", "create", "front", "--scope", "OR.Jobs,OR.Queues")
    assert "client secret:  app_canary" in result.stdout
    assert "url:            http://s.test/acme/dev/orchestrator_" in result.stdout
    assert "shown this once" in result.stderr


def test_one_that_signs_people_in_has_redirects_and_no_secret(with_key: CommandLine) -> None:
    with_key.wire = Wire(TENANTS, ok(PUBLIC | {"user_scopes": ["OR.Jobs"], "secret": None}, 201))
    words = ["--scope", "OR.Jobs", "--redirect-uri", "http://127.0.0.1/callback"]
    result = with_key.run("app", "create", "front", *words)
    assert result.exit_code == 0
    assert "secret" not in result.output
    assert json.loads(with_key.wire.sent[1].content)["user_scopes"] == ["OR.Jobs"]


def test_the_only_tenant_need_not_be_named(with_key: CommandLine) -> None:
    del with_key.environment["STAGEDOOR_TENANT"]
    with_key.wire = Wire(ok({"items": [PROD], "next": None}), ok(MADE | {"secret": "s"}, 201))
    assert with_key.json("app", "create", "front", "--scope", "OR.Jobs")["tenant"] == "acme/prod"


def test_several_tenants_are_listed_and_nothing_is_made(with_key: CommandLine) -> None:
    del with_key.environment["STAGEDOOR_TENANT"]
    with_key.wire = Wire(TENANTS)
    result = with_key.run("app", "create", "front", "--scope", "OR.Jobs")
    assert result.exit_code == 2
    assert "acme/dev, acme/prod" in result.stderr
    assert len(with_key.wire.sent) == 1


def test_list_shows_scopes_and_never_a_secret(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok({"items": [MADE, PUBLIC], "next": None}))
    lines = [line.split("\t") for line in with_key.run("app", "list").stdout.splitlines()]
    assert lines == [
        ["app-1", "front", "itself, with a secret", "OR.Jobs, OR.Queues", ""],
        ["app-1", "front", "people", "", "http://127.0.0.1/callback"],
    ]
    assert with_key.json("app", "list") == [MADE, PUBLIC]


def test_remove_ends_it(with_key: CommandLine) -> None:
    with_key.wire = Wire(ok(None, 204))
    assert "app-1 is removed" in with_key.run("app", "remove", "app-1").stdout
    assert with_key.json("app", "remove", "app-1") == {"client_id": "app-1", "removed": True}
    assert (with_key.wire.sent[0].method, with_key.wire.sent[0].url.path) == ("DELETE", "/api/stagedoor/v1/apps/app-1")
