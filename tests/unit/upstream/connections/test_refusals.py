"""What a credential will be refused: known from scopes or permissions, and unknown where neither tells."""

import pytest

from stagedoor.catalog import CATALOG
from stagedoor.upstream.connections.refusals import Prospects, foresee
from stagedoor.upstream.connections.schemas import ConnectionKind

OPERATIONS = CATALOG.operations


def refused(prospects: Prospects) -> dict[str, str]:
    return {row.operation: row.because for row in prospects.refused}


def test_an_applications_scopes_settle_every_operation() -> None:
    prospects = foresee(OPERATIONS, ConnectionKind.APP, frozenset({"OR.Jobs", "OR.Queues.Read"}), None)
    because = refused(prospects)
    assert "Jobs_StartJobs" not in because
    assert "Jobs_Get" not in because
    assert "QueueItems_Get" not in because
    assert because["Queues_AddQueueItem"] == "the token has not the scope OR.Queues.Write"
    assert prospects.unknown_count == 0
    assert prospects.known_from == ("token_scopes",)


def test_an_operation_without_a_scope_is_refused_to_no_application() -> None:
    because = refused(foresee(OPERATIONS, ConnectionKind.APP, frozenset({"PM.User"}), None))
    assert "FoldersNavigation_GetFoldersForCurrentUser" not in because
    assert "Folders_Get" in because


@pytest.mark.parametrize("scope", ["OR.Default", "OrchestratorApiUserAccess"])
def test_a_scope_that_opens_what_roles_open_settles_nothing(scope: str) -> None:
    prospects = foresee(OPERATIONS, ConnectionKind.APP, frozenset({scope}), None)
    assert prospects.refused == ()
    assert prospects.unknown_count > prospects.allowed_count


def test_a_person_needs_scope_and_permission() -> None:
    held = frozenset({"Users.View"})
    prospects = foresee(OPERATIONS, ConnectionKind.PERSON, frozenset({"OR.Users"}), held)
    because = refused(prospects)
    assert because["Jobs_Get"] == "the token has not the scope OR.Jobs.Read"
    assert because["Users_DeleteById"] == "the credential has not the permission Users.Delete"
    assert "Users_Get" not in because
    assert prospects.known_from == ("token_scopes", "permissions")


@pytest.mark.parametrize("kind", [ConnectionKind.USER_KEY, ConnectionKind.PASSWORD])
def test_whoever_signs_in_as_a_person_of_old_has_no_scopes(kind: ConnectionKind) -> None:
    prospects = foresee(OPERATIONS, kind, frozenset({"openid", "email"}), frozenset())
    assert prospects.known_from == ("permissions",)
    assert "the token has not" not in str(prospects.refused)


def test_a_permission_that_may_be_held_in_single_folders_is_unknown() -> None:
    prospects = foresee(OPERATIONS, ConnectionKind.PASSWORD, None, frozenset())
    because = refused(prospects)
    assert "Jobs_StartJobs" not in because
    assert because["Webhooks_Post"] == "the credential has not the permission Webhooks.Create"


@pytest.mark.parametrize("kind", list(ConnectionKind))
@pytest.mark.parametrize("permissions", [None, frozenset({"Jobs.View"})])
def test_the_counts_add_up(kind: ConnectionKind, permissions: frozenset[str] | None) -> None:
    for scopes in (None, frozenset({"OR.Jobs"}), frozenset({"OR.Default"})):
        prospects = foresee(OPERATIONS, kind, scopes, permissions)
        counted = len(prospects.refused) + prospects.allowed_count + prospects.unknown_count
        assert counted == len(OPERATIONS)


def test_where_nothing_is_told_nothing_is_guessed() -> None:
    prospects = foresee(OPERATIONS, ConnectionKind.PAT, None, None)
    assert (prospects.refused, prospects.allowed_count) == ((), 0)
    assert prospects.known_from == ()
