"""What is wrong with the scopes that an external application asks for, said by name where it can be found out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from stagedoor.catalog.operations import Operation
from stagedoor.kit.clock import stopwatch
from stagedoor.upstream.connections.schemas import SignIn
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.schemas import Granted

ASKED_SINGLY_MAX = 12
SECONDS_MAX = 20.0
OFFLINE = "offline_access"


def explain_refused_scope(
    sign_in: SignIn, operations: Iterable[Operation], ask: Callable[[SignIn], Granted]
) -> str | None:
    """Return what to change after ``invalid_scope``, or ``None`` where no more can be said than the words of it.

    Where the spelling is right, each scope is asked for by itself, a few and for a short time: identity servers do not
    say which one they refused. Blocks.
    """
    scopes = (sign_in.scope or "").split()
    if not scopes:
        return "No scope was asked for, and the identity server wants one. Name those of the external application."
    if OFFLINE in scopes:
        return f"Leave {OFFLINE} out: an application that signs in by itself cannot have it."
    misspelt = _misspelt(scopes, operations)
    if misspelt is not None:
        return misspelt
    refused = _ask_singly(sign_in, scopes, ask)
    if not refused:
        return _halves(scopes)
    names = " ".join(refused)
    halves = " ".join(f"{scope}.Read {scope}.Write" for scope in refused if scope.count(".") == 1)
    instead = f", or ask for {halves} if those are registered" if halves else ""
    return f"Register {names} on the external application, or leave it out{instead}."


def _misspelt(scopes: Sequence[str], operations: Iterable[Operation]) -> str | None:
    narrow = {operation.scope for operation in operations if operation.scope}
    families = {scope.removesuffix(".Read").removesuffix(".Write") for scope in narrow}
    known = families | {f"{family}{verb}" for family in families for verb in (".Read", ".Write")}
    by_letters = {scope.lower(): scope for scope in known}
    for scope in scopes:
        if scope in known or not scope.lower().startswith("or"):
            continue
        near = get_close_matches(scope.lower()[:100], by_letters, n=1, cutoff=0.8)
        if near:
            return f"{scope[:100]} is no scope that operations ask for; did you mean {by_letters[near[0]]}?"
    return None


def _ask_singly(sign_in: SignIn, scopes: Sequence[str], ask: Callable[[SignIn], Granted]) -> list[str]:
    if len(scopes) == 1:
        return list(scopes)
    refused = []
    started = stopwatch()
    for scope in scopes[:ASKED_SINGLY_MAX]:
        if stopwatch() - started > SECONDS_MAX:
            break
        try:
            ask(replace(sign_in, scope=scope))
        except UpstreamSignInFailed as failure:
            if failure.diagnosis is not Diagnosis.INVALID_SCOPE:
                break
            refused.append(scope)
    return refused


def _halves(scopes: Sequence[str]) -> str | None:
    asked = set(scopes)
    doubled = [scope for scope in scopes if f"{scope}.Read" in asked or f"{scope}.Write" in asked]
    if not doubled:
        return None
    return f"Ask for {doubled[0]} or for its halves {doubled[0]}.Read and {doubled[0]}.Write, not for both."
