"""Verifying access tokens: forgeries first, then what is remembered and when it is forgotten."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import delete
from tests.factories.oauth_house import OAuthHouse, claims_of, header_of, oauth_house

from stagedoor.identity.issued_tokens.errors import Fault, TokenRefused
from stagedoor.identity.issued_tokens.verifier import TokenVerifier
from stagedoor.identity.signing_keys.models import SigningKeyRow
from stagedoor.identity.signing_keys.schemas import SigningKey
from stagedoor.kit.changes import record_change


@pytest.fixture
def house(tmp_path: Path) -> Iterator[OAuthHouse]:
    with oauth_house(tmp_path) as house:
        yield house


@pytest.fixture
def token(house: OAuthHouse) -> str:
    access_token: str = house.tokens("wim")["access_token"]
    return access_token


def fault_of(verifier: TokenVerifier, token: str) -> Fault:
    with pytest.raises(TokenRefused) as refused:
        verifier.verify(token)
    return refused.value.fault


def part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


class TestForgeries:
    def test_an_unsigned_token_is_refused(self, house: OAuthHouse, token: str) -> None:
        for algorithm in ("none", "None", ""):
            head = {**header_of(token), "alg": algorithm}
            forged = f"{part(head)}.{part(claims_of(token))}."
            assert fault_of(house.server.verifier, forged) is Fault.UNTRUSTED

    def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(self, house: OAuthHouse, token: str) -> None:
        public = house.server.signing_keys.current().key.as_pem(private=False)
        head = {**header_of(token), "alg": "HS256"}
        signed = jwt.encode(head, claims_of(token), OctKey.import_key(base64.urlsafe_b64encode(public)), ["HS256"])
        assert fault_of(house.server.verifier, signed) is Fault.UNTRUSTED

    def test_a_token_signed_with_another_key_is_refused(self, house: OAuthHouse, token: str) -> None:
        forged = jwt.encode(header_of(token), claims_of(token), RSAKey.generate_key(2048), ["RS256"])
        assert fault_of(house.server.verifier, forged) is Fault.UNTRUSTED

    def test_changed_claims_are_refused(self, house: OAuthHouse, token: str) -> None:
        head, _, signature = token.split(".")
        changed = {**claims_of(token), "sub": house.ada.id}
        assert fault_of(house.server.verifier, f"{head}.{part(changed)}.{signature}") is Fault.UNTRUSTED

    def test_a_key_that_the_token_brings_along_is_not_used(self, house: OAuthHouse, token: str) -> None:
        own = RSAKey.generate_key(2048)
        head = {**header_of(token), "jwk": own.as_dict(private=False)}
        forged = jwt.encode(head, claims_of(token), own, ["RS256"])
        assert fault_of(house.server.verifier, forged) is Fault.UNTRUSTED

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "..",
            "a.b.c",
            "eyJ.e.e",
            "a" * 9000,
            "\u00e9.x.y",
            "\ud800.x.y",
            "a.b.c.d.e",
            f"{part({'kid': 7})}.x.y",
        ],
    )
    def test_what_is_no_token_is_refused(self, house: OAuthHouse, text: str) -> None:
        assert fault_of(house.server.verifier, text) in (Fault.MALFORMED, Fault.UNTRUSTED)

    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"iss": "https://evil.example/identity_"}, Fault.UNTRUSTED),
            ({"aud": "UiPath.Elsewhere"}, Fault.WRONG_AUDIENCE),
            ({"sub": "nobody"}, Fault.OWNER_GONE),
            ({"client_id": "nobody"}, Fault.OWNER_GONE),
            ({"exp": 1}, Fault.EXPIRED),
        ],
    )
    def test_even_a_good_signature_is_not_enough(
        self, house: OAuthHouse, token: str, changes: dict[str, object], fault: Fault
    ) -> None:
        key = house.server.signing_keys.current()
        signed = jwt.encode(header_of(token), {**claims_of(token), **changes}, key.key, ["RS256"])
        assert fault_of(house.server.verifier, signed) is fault

    def test_a_stranger_learns_nothing_of_why(self, house: OAuthHouse, token: str) -> None:
        forged = jwt.encode(header_of(token), claims_of(token), RSAKey.generate_key(2048), ["RS256"])
        with pytest.raises(TokenRefused) as refused:
            house.server.verifier.verify(forged)
        assert refused.value.public == "The token is not valid here."
        assert forged not in str(refused.value)


class TestMemory:
    def test_the_second_look_reads_no_key_and_no_store(
        self, house: OAuthHouse, token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = house.server.verifier.verify(token)
        monkeypatch.setattr(house.world.database, "_sessions", None)
        monkeypatch.setattr(house.server.signing_keys, "find", None)
        assert house.server.verifier.verify(token) is first

    def test_the_end_comes_to_a_token_that_is_remembered(self, house: OAuthHouse, token: str) -> None:
        house.server.verifier.verify(token)
        house.world.clock.advance(timedelta(hours=1) - timedelta(seconds=1))
        house.server.verifier.verify(token)
        house.world.clock.advance(timedelta(seconds=1))
        assert fault_of(house.server.verifier, token) is Fault.EXPIRED

    def test_a_change_of_roles_shows_in_the_next_request(self, house: OAuthHouse, token: str) -> None:
        before = house.server.verifier.verify(token).caller
        with house.world.database.write() as session:
            user = house.people.service.get_user(session, house.world.organization.id, house.wim.id)
            house.people.service.assign_role(session, user, tenant_id=house.world.prod.id, role="Administrator")
        house.world.feed.catch_up()
        after = house.server.verifier.verify(token).caller
        assert before.tenant_ids == {house.world.dev.id}
        assert after.tenant_ids == {house.world.dev.id, house.world.prod.id}
        assert house.server.verifier.verify(token).caller is after

    def test_the_memory_is_bounded(self, house: OAuthHouse, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(TokenVerifier, "REMEMBERED_MAX", 2)
        tokens = [house.tokens("wim")["access_token"] for _ in range(4)]
        for token in tokens:
            house.server.verifier.verify(token)
        assert len(house.server.verifier._remembered) == 2
        house.server.verifier.verify(tokens[0])

    def test_refused_tokens_are_not_remembered(self, house: OAuthHouse) -> None:
        fault_of(house.server.verifier, "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.e30.x")
        assert house.server.verifier._remembered == {}

    def test_what_a_deleted_signing_key_has_signed_is_refused_though_it_is_remembered(
        self, house: OAuthHouse, token: str
    ) -> None:
        kid = header_of(token)["kid"]
        house.server.signing_keys.rotate_now()
        house.world.feed.catch_up()
        # Rotated with an overlap, it goes on verifying.
        house.server.verifier.verify(token)
        with house.world.database.write() as session:
            session.execute(delete(SigningKeyRow).where(SigningKeyRow.kid == kid))
            record_change(session, "signing_key", kid)
        house.world.feed.catch_up()
        assert fault_of(house.server.verifier, token) is Fault.UNTRUSTED

    def test_what_is_found_good_while_its_signing_key_goes_is_not_remembered(
        self, house: OAuthHouse, token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signing_keys, find = house.server.signing_keys, house.server.signing_keys.find

        def find_and_lose(kid: str) -> SigningKey | None:
            found = find(kid)
            with house.world.database.write() as session:
                session.execute(delete(SigningKeyRow).where(SigningKeyRow.kid == kid))
                record_change(session, "signing_key", kid)
            house.world.feed.catch_up()
            return found

        signing_keys.rotate_now()
        house.world.feed.catch_up()
        monkeypatch.setattr(signing_keys, "find", find_and_lose)
        house.server.verifier.verify(token)
        monkeypatch.setattr(signing_keys, "find", find)
        assert fault_of(house.server.verifier, token) is Fault.UNTRUSTED

    def test_outlived_revocations_are_forgotten(self, house: OAuthHouse, token: str) -> None:
        token_id = house.server.verifier.verify(token).token_id
        with house.world.database.write() as session:
            house.server.families.revoke_access_token(session, token_id)
        house.world.feed.catch_up()
        assert house.server.revocations.holds(token_id, None)
        house.world.clock.advance(timedelta(hours=26))
        house.server.clean_up()
        assert not house.server.revocations.holds(token_id, None)
