"""Which operations a remote Orchestrator will refuse to a connection's own credential.

Two things are known of a credential, or not: the scopes of its token, and the permissions that the Orchestrator says it
has. What neither settles is counted as unknown rather than guessed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from stagedoor.catalog.operations import FolderNeed, Operation
from stagedoor.catalog.table import write_expression
from stagedoor.upstream.connections.schemas import ConnectionKind

WITHOUT_SCOPES = frozenset({ConnectionKind.USER_KEY, ConnectionKind.PASSWORD})
"""These sign in as a person who may do what the person may do."""
BY_ROLES = frozenset({"OR.Default", "OrchestratorApiUserAccess"})
"""Scopes that open what the roles of their holder open, and nothing by themselves."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An operation that will be refused, and why."""

    operation: str
    because: str


@dataclass(frozen=True, slots=True)
class Prospects:
    """What will be refused; the rest is allowed as far as the remote side tells, or unknown.

    ``known_from`` names what could be judged by: ``token_scopes``, ``permissions``.
    """

    refused: tuple[Refusal, ...]
    allowed_count: int
    unknown_count: int
    known_from: tuple[str, ...]


def foresee(
    operations: Iterable[Operation],
    kind: ConnectionKind,
    scopes: frozenset[str] | None,
    permissions: frozenset[str] | None,
) -> Prospects:
    """Judge every operation. ``scopes`` and ``permissions`` are ``None`` where the remote side does not tell them."""
    known_scopes = None if kind in WITHOUT_SCOPES else scopes
    refused: list[Refusal] = []
    allowed = unknown = 0
    for operation in operations:
        verdict = _judge(operation, kind, known_scopes, permissions)
        if isinstance(verdict, Refusal):
            refused.append(verdict)
        elif verdict:
            allowed += 1
        else:
            unknown += 1
    known_from = [
        name
        for name, is_known in (("token_scopes", known_scopes is not None), ("permissions", permissions is not None))
        if is_known
    ]
    return Prospects(tuple(refused), allowed, unknown, tuple(known_from))


def _judge(
    operation: Operation, kind: ConnectionKind, scopes: frozenset[str] | None, permissions: frozenset[str] | None
) -> Refusal | bool:
    # True: allowed. False: not known.
    goes_by_roles = kind is not ConnectionKind.APP
    if scopes is None:
        is_scope_settled = kind in WITHOUT_SCOPES
    elif _is_covered(operation.scope, scopes):
        is_scope_settled = True
    elif scopes & BY_ROLES:
        is_scope_settled = goes_by_roles = True
    else:
        return Refusal(operation.id, f"the token has not the scope {operation.scope}")
    if is_scope_settled and (not goes_by_roles or not operation.permissions.alternatives):
        return True
    if permissions is None or not operation.permissions.alternatives:
        return False
    if operation.permissions.is_met_by(permissions):
        return is_scope_settled
    # What is allowed in single folders need not stand among what somebody may do in the tenant.
    if operation.folder is not FolderNeed.NONE:
        return False
    wanted = write_expression(operation.permissions)
    return Refusal(operation.id, f"the credential has not the permission {wanted}")


def _is_covered(scope: str | None, scopes: frozenset[str]) -> bool:
    return scope is None or scope in scopes or scope.removesuffix(".Read").removesuffix(".Write") in scopes
