"""JWTs: access tokens for Orchestrator, id tokens for the discovery of 2019 alone."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from tests.factories.acme import START, acme
from tests.factories.people import people_of

from stagedoor.identity.authenticators.errors import NotAuthenticated
from stagedoor.identity.authenticators.id_token import IdTokenAuthenticator
from stagedoor.identity.authenticators.oauth_token import OAuthTokenAuthenticator
from stagedoor.identity.issued_tokens.errors import Fault, TokenRefused
from stagedoor.identity.issued_tokens.terms import Credential, person_caller
from stagedoor.identity.issued_tokens.verifier import TokenVerifier
from stagedoor.identity.users.schemas import UserEntry
from stagedoor.passage import CredentialKind, GrantTerms

ACCESS_TOKEN, ID_TOKEN, EXPIRED_TOKEN = "eyJhY2Nlc3M", "eyJpZA", "eyJleHBpcmVk"


class VerifierOfThree:
    """Knows one good access token, one good id token and one that expired."""

    def __init__(self, person: UserEntry) -> None:
        self._person = person

    def verify(self, token: str) -> SimpleNamespace:
        if token == ACCESS_TOKEN:
            credential = Credential(CredentialKind.OAUTH_TOKEN, "j1", None)
            return SimpleNamespace(caller=person_caller(self._person, self._person.roles, credential))
        raise TokenRefused(Fault.WRONG_KIND if token == ID_TOKEN else Fault.EXPIRED)

    def verify_id_token(self, token: str) -> tuple[UserEntry, SimpleNamespace]:
        if token != ID_TOKEN:
            raise TokenRefused(Fault.WRONG_KIND)
        return self._person, SimpleNamespace(id="c1")


@pytest.fixture
def verifier(tmp_path: Path) -> Iterator[TokenVerifier]:
    with acme(tmp_path) as world:
        people = people_of(world)
        person = people.directory.find_user(people.make().id)
        assert person is not None
        yield cast("TokenVerifier", VerifierOfThree(person))


def test_the_holder_of_an_access_token_is_let_in(verifier: TokenVerifier) -> None:
    caller = OAuthTokenAuthenticator(verifier).authenticate(ACCESS_TOKEN, START)
    assert caller is not None
    assert caller.credential_kind is CredentialKind.OAUTH_TOKEN


@pytest.mark.parametrize(("token", "hint"), [(EXPIRED_TOKEN, "expired"), (ID_TOKEN, "access_token")])
def test_a_token_that_opens_nothing_is_refused_in_the_vendors_words_with_the_reason_as_hint(
    verifier: TokenVerifier, token: str, hint: str
) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        OAuthTokenAuthenticator(verifier).authenticate(token, START)
    assert refused.value.public == "You are not authenticated!"
    assert hint in str(refused.value.hint)


@pytest.mark.parametrize("presented", ["", "sd_key", "rt_token", "opaque"])
def test_what_is_no_jwt_is_left_to_others(verifier: TokenVerifier, presented: str) -> None:
    assert OAuthTokenAuthenticator(verifier).authenticate(presented, START) is None
    assert IdTokenAuthenticator(verifier).authenticate(presented, START) is None


def test_an_id_token_says_who_somebody_is_and_opens_nothing(verifier: TokenVerifier) -> None:
    caller = IdTokenAuthenticator(verifier).authenticate(ID_TOKEN, START)
    assert caller is not None
    assert caller.email == "ada@acme.example"
    assert caller.terms == GrantTerms(allowances=(), ceiling=())
    assert not caller.may_administer


def test_an_access_token_is_no_id_token(verifier: TokenVerifier) -> None:
    assert IdTokenAuthenticator(verifier).authenticate(ACCESS_TOKEN, START) is None
