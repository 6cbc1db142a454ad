"""From a principal and its credential to a Caller: one mapping for every kind of token.

An OAuth access token, a token of 2019, a personal access token and a legacy token of the same person all end in the
same roles; only the ceiling, which is what the credential was limited to, differs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from stagedoor.catalog.roles import selectors_of
from stagedoor.passage import Allowance, Caller, CallerKind, CredentialKind, GrantTerms

ADMINISTRATOR_SELECTOR = "role:Administrator"


class Person(Protocol):
    """What is read of a user; the table's row and any frozen copy of it fit."""

    @property
    def id(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def organization_id(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def is_administrator(self) -> bool: ...


class HeldRole(Protocol):
    """A role held in one tenant, everywhere or in one folder's subtree."""

    @property
    def tenant_id(self) -> str: ...
    @property
    def folder_key(self) -> str | None: ...
    @property
    def role(self) -> str: ...
    @property
    def permissions(self) -> tuple[str, ...] | None: ...


@dataclass(frozen=True, slots=True)
class Credential:
    """The credential at hand: its kind, its name in audit, its end, and what it was limited to.

    ``ceiling`` are selectors (:func:`scope_selectors`); ``None`` means that the credential carries the whole of its
    owner. ``may_administer`` says whether it may open the management API, if its owner may, and
    ``may_make_credentials`` whether further credentials may be made with it.
    """

    kind: CredentialKind
    id: str
    not_after: datetime | None
    ceiling: tuple[str, ...] | None = None
    client_id: str | None = None
    may_administer: bool = False
    may_make_credentials: bool = True


def scope_selectors(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the selectors for what these scopes open in Orchestrator, sorted.

    ``OR.Default`` opens nothing by itself, and scopes of other services or of OpenID say nothing about Orchestrator.
    """
    return tuple(sorted(f"scope:{scope}" for scope in set(scopes) if scope.startswith("OR.") and scope != "OR.Default"))


def person_caller(person: Person, roles: Iterable[HeldRole], credential: Credential) -> Caller:
    """Return the Caller for a person: roles tenant by tenant, cut by the credential's ceiling.

    An administrator holds the role Administrator in every tenant of the organization. Anybody else may enter only the
    tenants in which a role is held.
    """
    held = tuple(roles)
    allowances = [
        Allowance(
            allow=selectors_of(role.role, role.permissions),
            folders=None if role.folder_key is None else (role.folder_key,),
            tenant_id=role.tenant_id,
        )
        for role in held
    ]
    if person.is_administrator:
        allowances.insert(0, Allowance(allow=(ADMINISTRATOR_SELECTOR,)))
    return Caller(
        kind=CallerKind.USER,
        id=person.id,
        name=person.username,
        organization_id=person.organization_id,
        credential_kind=credential.kind,
        credential_id=credential.id,
        terms=GrantTerms(tuple(allowances), ceiling=credential.ceiling, not_after=credential.not_after),
        tenant_ids=None if person.is_administrator else frozenset(role.tenant_id for role in held),
        email=person.email,
        user_id=person.id,
        client_id=credential.client_id,
        may_administer=person.is_administrator and credential.may_administer,
        may_make_credentials=credential.may_make_credentials,
        number=person.number,
    )


def application_caller(
    *, client_id: str, name: str, organization_id: str, scopes: Iterable[str], credential: Credential
) -> Caller:
    """Return the Caller for an external application acting for itself: its scopes, in the whole organization."""
    selectors = scope_selectors(scopes)
    return Caller(
        kind=CallerKind.EXTERNAL_APPLICATION,
        id=client_id,
        name=name,
        organization_id=organization_id,
        credential_kind=credential.kind,
        credential_id=credential.id,
        terms=GrantTerms((Allowance(selectors),) if selectors else (), not_after=credential.not_after),
        client_id=client_id,
    )
