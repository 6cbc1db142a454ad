"""Who is calling: the authenticators one after the other."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.factories.access_keys import Keys, keys_of
from tests.factories.acme import START, acme, request_head

from stagedoor.identity.api_users.key_form import draw_key
from stagedoor.identity.authenticators.access_key import AccessKeyAuthenticator
from stagedoor.identity.authenticators.chain import Authenticators
from stagedoor.identity.authenticators.errors import (
    AccessKeyExpired,
    AccessKeyReplaced,
    AccessKeyRevoked,
    NotAuthenticated,
    TwoCredentials,
)
from stagedoor.identity.authenticators.local_authority import LocalAuthorityAuthenticator
from stagedoor.kit.secret import Secret
from stagedoor.passage import CallerKind, CredentialKind

LOCAL_SECRET = "local-authority-secret-of-one-process"


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    with acme(tmp_path) as world:
        yield keys_of(world)


@pytest.fixture
def authenticators(keys: Keys) -> Authenticators:
    local = LocalAuthorityAuthenticator(Secret(LOCAL_SECRET), keys.world.organization.id)
    return Authenticators([AccessKeyAuthenticator(keys.ring), local], keys.world.clock)


def bearer(value: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {value}")


def test_the_holder_of_a_key_is_identified(keys: Keys, authenticators: Authenticators) -> None:
    issued = keys.make()
    caller = authenticators.identify(request_head(bearer(issued.key.reveal())))
    assert caller.credential_kind is CredentialKind.ACCESS_KEY
    assert caller.credential_id == issued.facts.id


def test_the_holder_of_the_local_secret_may_administer(authenticators: Authenticators) -> None:
    caller = authenticators.identify(request_head(bearer(LOCAL_SECRET)))
    assert caller.kind is CallerKind.LOCAL_ADMINISTRATOR
    assert caller.may_administer


@pytest.mark.parametrize("secret", ["", "short"])
def test_a_weak_local_secret_is_refused_at_start(secret: str) -> None:
    with pytest.raises(ValueError, match="32"):
        LocalAuthorityAuthenticator(Secret(secret), "o1")


def test_nobody_is_asked_to_authenticate_without_an_error_in_the_challenge(authenticators: Authenticators) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        authenticators.identify(request_head())
    assert refused.value.status == 401
    assert refused.value.public == "You are not authenticated!"
    assert refused.value.headers == {"WWW-Authenticate": 'Bearer realm="stagedoor"'}
    assert authenticators.find_caller(request_head()) is None


def test_a_bad_credential_is_refused_even_where_none_is_needed(authenticators: Authenticators) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        authenticators.find_caller(request_head(bearer("nobody-knows-this")))
    assert refused.value.headers == {"WWW-Authenticate": 'Bearer realm="stagedoor", error="invalid_token"'}


def test_a_good_key_beside_another_one_is_refused(keys: Keys, authenticators: Authenticators) -> None:
    written = keys.make().key.reveal()
    with pytest.raises(TwoCredentials):
        authenticators.identify(request_head(bearer(written), ("X-API-Key", "another")))


def test_strangers_are_told_one_thing_and_the_log_tells_them_apart(keys: Keys, authenticators: Authenticators) -> None:
    issued = keys.make()
    written = issued.key.reveal()
    slipped = written[:30] + ("x" if written[30] != "x" else "y") + written[31:]
    presented = {
        "malformed": written[:-1],
        "failed_checksum": slipped,
        "unknown_id": draw_key(keys.world.chance).key.reveal(),
        "wrong_secret": draw_key(keys.world.chance, issued.facts.id).key.reveal(),
    }
    told = set()
    with capture_logs() as logged:
        for value in presented.values():
            with pytest.raises(NotAuthenticated) as refused:
                authenticators.identify(request_head(bearer(value)))
            error = refused.value
            told.add((error.code, error.status, error.public, error.hint, tuple(error.headers.items())))
    assert len(told) == 1
    assert [entry["refusal"] for entry in logged] == list(presented)
    assert all(value[14:] not in str(logged) for value in presented.values())


def test_a_holder_who_proved_the_secret_is_told_what_happened(keys: Keys, authenticators: Authenticators) -> None:
    organization_id = keys.world.organization.id
    expired = keys.make("expired", expires_at=START + timedelta(minutes=1))
    revoked, rotated = keys.make("revoked"), keys.make("rotated")
    with keys.world.database.write() as session:
        keys.service.revoke_key(session, organization_id, revoked.facts.id, revoked_by="ada")
        keys.service.rotate_key(session, organization_id, rotated.facts.id, overlap=None)
    keys.world.feed.catch_up()
    keys.world.clock.advance(timedelta(minutes=1))
    for issued, kind in ((expired, AccessKeyExpired), (revoked, AccessKeyRevoked), (rotated, AccessKeyReplaced)):
        with pytest.raises(kind) as refused:
            authenticators.identify(request_head(bearer(issued.key.reveal())))
        assert refused.value.status == 401
        assert refused.value.public == "You are not authenticated!"
        assert issued.facts.id in str(refused.value.hint)
        assert "2026-03-02" in str(refused.value.hint)
