"""One mapping from a credential to a Caller."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from stagedoor.identity.issued_tokens.terms import Credential, application_caller, person_caller, scope_selectors
from stagedoor.passage import Allowance, CallerKind, CredentialKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Someone:
    id: str = "u1"
    number: int = 7
    organization_id: str = "o1"
    username: str = "ada"
    email: str = "ada@acme.example"
    is_administrator: bool = False


@dataclass(frozen=True)
class Role:
    tenant_id: str
    folder_key: str | None
    role: str
    permissions: tuple[str, ...] | None = None


def credential(*, ceiling: tuple[str, ...] | None = None, may_administer: bool = False) -> Credential:
    return Credential(CredentialKind.OAUTH_TOKEN, "j1", NOON, ceiling, "c1", may_administer)


def test_a_role_of_one_tenant_does_not_reach_into_another() -> None:
    roles = [Role("t1", None, "Administrator"), Role("t2", "f9", "Automation User")]
    caller = person_caller(Someone(), roles, credential())
    assert caller.terms.allowances == (
        Allowance(("role:Administrator",), None, "t1"),
        Allowance(("role:Automation User",), ("f9",), "t2"),
    )
    assert caller.tenant_ids == frozenset({"t1", "t2"})
    assert not caller.may_administer


def test_a_role_of_a_tenants_own_is_its_permissions() -> None:
    caller = person_caller(Someone(), [Role("t1", "f1", "Clerk", ("Jobs.View", "Jobs.Create"))], credential())
    words = ("own-role:Clerk", "permission:Jobs.Create", "permission:Jobs.View")
    assert caller.terms.allowances == (Allowance(words, ("f1",), "t1"),)


def test_a_person_without_a_role_may_enter_no_tenant() -> None:
    caller = person_caller(Someone(), [], credential())
    assert caller.terms.allowances == ()
    assert caller.tenant_ids == frozenset()


def test_an_administrator_enters_every_tenant() -> None:
    caller = person_caller(Someone(is_administrator=True), [], credential(may_administer=True))
    assert caller.terms.allowances == (Allowance(("role:Administrator",)),)
    assert caller.tenant_ids is None
    assert caller.may_administer


@pytest.mark.parametrize(("administrator", "credential_may"), [(True, False), (False, True), (False, False)])
def test_administering_needs_both_the_person_and_the_credential(administrator: bool, credential_may: bool) -> None:
    caller = person_caller(Someone(is_administrator=administrator), [], credential(may_administer=credential_may))
    assert not caller.may_administer


def test_the_ceiling_and_the_end_of_the_credential_go_into_the_terms() -> None:
    caller = person_caller(Someone(), [], credential(ceiling=("scope:OR.Jobs.Read",)))
    assert caller.terms.ceiling == ("scope:OR.Jobs.Read",)
    assert caller.terms.not_after == NOON
    assert (caller.kind, caller.credential_id, caller.client_id, caller.number) == (CallerKind.USER, "j1", "c1", 7)


def test_only_orchestrator_scopes_become_selectors() -> None:
    scopes = ["openid", "OR.Jobs", "PM.User", "OR.Default", "OR.Assets.Read", "offline_access"]
    assert scope_selectors(scopes) == ("scope:OR.Assets.Read", "scope:OR.Jobs")


def test_an_application_is_allowed_its_scopes_in_the_whole_organization() -> None:
    caller = application_caller(
        client_id="c1", name="Bot", organization_id="o1", scopes=["OR.Jobs"], credential=credential()
    )
    assert caller.terms.allowances == (Allowance(("scope:OR.Jobs",)),)
    assert caller.tenant_ids is None
    assert caller.user_id is None
    assert caller.kind is CallerKind.EXTERNAL_APPLICATION


def test_an_application_with_nothing_but_or_default_may_do_nothing() -> None:
    caller = application_caller(
        client_id="c1", name="Bot", organization_id="o1", scopes=["OR.Default"], credential=credential()
    )
    assert caller.terms.allowances == ()
