"""What is said of scopes that were refused."""

from collections.abc import Callable

import pytest

from stagedoor.catalog import CATALOG
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.schemas import ConnectionKind, SignIn
from stagedoor.upstream.connections.scopes import ASKED_SINGLY_MAX, explain_refused_scope
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.schemas import Granted


def sign_in(scope: str | None) -> SignIn:
    return SignIn(
        connection_id="",
        kind=ConnectionKind.APP,
        base_url="https://orch.example",
        token_url="https://orch.example/identity/connect/token",
        tenant=None,
        client_id="c",
        username=None,
        scope=scope,
        secret=Secret("canary"),
        ca_pem=None,
        proxy_url=None,
    )


def server_with(*registered: str, asked: list[str] | None = None) -> Callable[[SignIn], Granted]:
    def ask(order: SignIn) -> Granted:
        if asked is not None:
            asked.append(str(order.scope))
        if order.scope not in registered:
            raise UpstreamSignInFailed(Diagnosis.INVALID_SCOPE)
        return Granted(Secret("T"), None, None)

    return ask


def explained(scope: str | None, ask: Callable[[SignIn], Granted]) -> str | None:
    return explain_refused_scope(sign_in(scope), CATALOG.operations, ask)


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (None, "No scope was asked for"),
        ("OR.Jobs offline_access", "Leave offline_access out"),
        ("OR.Jobs OR.Queue", "OR.Queue is no scope that operations ask for; did you mean OR.Queues?"),
        ("or.jobs.read", "did you mean OR.Jobs.Read?"),
        ("OR.Jobs OR.Robots", "Register OR.Robots on the external application, or leave it out"),
        ("OR.Robots", "or ask for OR.Robots.Read OR.Robots.Write if those are registered"),
    ],
)
def test_what_is_wrong_is_said_by_name(scope: str | None, said: str) -> None:
    assert said in str(explained(scope, server_with("OR.Jobs")))


def test_a_scope_and_its_halves_together_are_named() -> None:
    ask = server_with("OR.Jobs", "OR.Jobs.Read", "OR.Jobs.Write")
    said = explained("OR.Jobs OR.Jobs.Read OR.Jobs.Write", ask)
    assert said == "Ask for OR.Jobs or for its halves OR.Jobs.Read and OR.Jobs.Write, not for both."


def test_scopes_that_are_good_singly_leave_the_words_of_the_diagnosis() -> None:
    assert explained("OR.Jobs OR.Queues", server_with("OR.Jobs", "OR.Queues")) is None


def test_no_more_than_a_few_are_asked_for_and_none_after_another_failure() -> None:
    asked: list[str] = []
    many = " ".join(f"PM.Thing{number}" for number in range(40))
    explained(many, server_with(asked=asked))
    assert len(asked) == ASKED_SINGLY_MAX

    def throttled(order: SignIn) -> Granted:
        asked.append(str(order.scope))
        raise UpstreamSignInFailed(Diagnosis.THROTTLED)

    asked.clear()
    assert explained("OR.Jobs OR.Queues", throttled) is None
    assert asked == ["OR.Jobs"]
