"""What each kind sends, and what is said when it goes wrong; against a server on a loopback port."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.certificates import Authority
from tests.factories.token_endpoint import Answer, TokenEndpoint, token_endpoint

from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.schemas import ConnectionKind, SignIn
from stagedoor.upstream.upstream_tokens.errors import WORDS, Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.schemas import Granted
from stagedoor.upstream.upstream_tokens.token_requests import ANSWER_BYTES_MAX, ask_for_token, exchange_code

TOKEN = {"access_token": "T1", "expires_in": 3600, "token_type": "Bearer"}


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with token_endpoint(Answer(body=TOKEN)) as server:
        yield server


def sign_in(
    kind: ConnectionKind,
    token_url: str | None,
    *,
    scope: str | None = None,
    tenant: str | None = None,
    proxy_url: str | None = None,
    ca_pem: str | None = None,
) -> SignIn:
    return SignIn(
        connection_id="c",
        kind=kind,
        base_url="https://orch.example",
        token_url=token_url,
        tenant=tenant,
        client_id="client",
        username="ada",
        scope=scope,
        secret=Secret("canary-secret"),
        ca_pem=ca_pem,
        proxy_url=proxy_url,
    )


def diagnosis_of(order: SignIn) -> Diagnosis:
    with pytest.raises(UpstreamSignInFailed) as failed:
        ask_for_token(order)
    assert "canary" not in repr((failed.value, failed.value.public, failed.value.hint, failed.value.details))
    return failed.value.diagnosis


class TestWhatIsSent:
    def test_an_application_sends_its_client_secret_and_scope_as_a_form(self, endpoint: TokenEndpoint) -> None:
        granted = ask_for_token(
            sign_in(ConnectionKind.APP, f"{endpoint.url}/x/connect/token", scope="OR.Jobs OR.Queues")
        )
        assert granted.access_token == Secret("T1")
        assert granted.refresh_token is None
        assert granted.lifetime == timedelta(hours=1)
        [asked] = endpoint.asked
        assert asked.path == "/x/connect/token"
        assert asked.content_type == "application/x-www-form-urlencoded"
        assert asked.fields == {
            "grant_type": "client_credentials",
            "client_id": "client",
            "client_secret": "canary-secret",
            "scope": "OR.Jobs OR.Queues",
        }

    def test_a_person_sends_the_refresh_token_and_keeps_the_next_one(self, endpoint: TokenEndpoint) -> None:
        endpoint.answer = Answer(body={**TOKEN, "refresh_token": "R2"})
        granted = ask_for_token(sign_in(ConnectionKind.PERSON, endpoint.url))
        assert granted.refresh_token == Secret("R2")
        assert endpoint.asked[0].fields == {
            "grant_type": "refresh_token",
            "client_id": "client",
            "refresh_token": "canary-secret",
        }

    def test_a_user_key_is_sent_as_json_and_stays(self, endpoint: TokenEndpoint) -> None:
        granted = ask_for_token(sign_in(ConnectionKind.USER_KEY, f"{endpoint.url}/oauth/token"))
        assert granted.refresh_token is None
        [asked] = endpoint.asked
        assert asked.content_type == "application/json"
        assert asked.fields["grant_type"] == "refresh_token"
        assert asked.fields["refresh_token"] == "canary-secret"

    def test_a_password_is_exchanged_for_the_token_in_the_envelope(self, endpoint: TokenEndpoint) -> None:
        endpoint.answer = Answer(body={"result": "T9", "success": True})
        granted = ask_for_token(sign_in(ConnectionKind.PASSWORD, endpoint.url, tenant="prod"))
        assert granted.access_token == Secret("T9")
        assert granted.lifetime == timedelta(minutes=30)
        assert endpoint.asked[0].fields == {
            "tenancyName": "prod",
            "usernameOrEmailAddress": "ada",
            "password": "canary-secret",
        }

    def test_a_personal_access_token_is_taken_as_it_is_without_asking(self) -> None:
        granted = ask_for_token(sign_in(ConnectionKind.PAT, None))
        assert (granted.access_token, granted.lifetime) == (Secret("canary-secret"), None)


class TestDiagnoses:
    @pytest.mark.parametrize(
        ("answer", "diagnosis"),
        [
            (Answer(200, "<!doctype html><title>Sign in</title>"), Diagnosis.WRONG_IDENTITY_PATH),
            (Answer(400, {"error": "invalid_scope"}), Diagnosis.INVALID_SCOPE),
            (Answer(400, {"error": "invalid_client"}), Diagnosis.INVALID_CLIENT),
            (Answer(401, {"error": "invalid_client"}), Diagnosis.INVALID_CLIENT),
            (Answer(400, {"error": "invalid_grant"}), Diagnosis.INVALID_GRANT),
            (Answer(400, {"error": "unauthorized_client"}), Diagnosis.GRANT_NOT_ALLOWED),
            (Answer(404, "<p>Not here"), Diagnosis.WRONG_TOKEN_LEVEL),
            (Answer(302, {}, {"Location": "https://elsewhere.example/"}), Diagnosis.REDIRECTED),
            (Answer(429, {}), Diagnosis.THROTTLED),
            (Answer(503, "<p>Down"), Diagnosis.UPSTREAM_FAILING),
            (Answer(200, {"token": "x"}), Diagnosis.NOT_UNDERSTOOD),
            (Answer(200, {"access_token": "a\r\nX: 1"}), Diagnosis.NOT_UNDERSTOOD),
            (Answer(200, {"access_token": 7}), Diagnosis.NOT_UNDERSTOOD),
            (Answer(200, {"access_token": "T", "pad": "x" * ANSWER_BYTES_MAX}), Diagnosis.NOT_UNDERSTOOD),
        ],
    )
    def test_an_answer_is_told_apart(self, endpoint: TokenEndpoint, answer: Answer, diagnosis: Diagnosis) -> None:
        endpoint.answer = answer
        assert diagnosis_of(sign_in(ConnectionKind.APP, endpoint.url)) is diagnosis
        assert len(endpoint.asked) == 1

    @pytest.mark.parametrize("answer", [Answer(400, {"errorCode": 1000}), Answer(200, {"success": False})])
    def test_a_refused_password_is_called_so(self, endpoint: TokenEndpoint, answer: Answer) -> None:
        endpoint.answer = answer
        assert diagnosis_of(sign_in(ConnectionKind.PASSWORD, endpoint.url)) is Diagnosis.PASSWORD_REFUSED

    def test_an_error_word_that_is_none_of_the_standard_is_not_passed_on(self, endpoint: TokenEndpoint) -> None:
        endpoint.answer = Answer(400, {"error": "canary-secret"})
        assert diagnosis_of(sign_in(ConnectionKind.APP, endpoint.url)) is Diagnosis.INVALID_CLIENT

    def test_a_port_where_nobody_listens(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
            assert diagnosis_of(sign_in(ConnectionKind.APP, url)) is Diagnosis.CONNECTION_REFUSED

    def test_a_name_that_nobody_knows(self) -> None:
        assert diagnosis_of(sign_in(ConnectionKind.APP, "http://nobody.invalid/")) is Diagnosis.NAME_UNKNOWN

    def test_a_server_that_speaks_no_tls(self, endpoint: TokenEndpoint) -> None:
        url = endpoint.url.replace("http:", "https:")
        assert diagnosis_of(sign_in(ConnectionKind.APP, url)) is Diagnosis.TLS_FAILED

    def test_a_server_is_trusted_by_the_authority_of_the_connection_alone(self, tmp_path: Path) -> None:
        authority = Authority()
        with token_endpoint(Answer(body=TOKEN), tls=authority.server(tmp_path, "127.0.0.1")) as server:
            trusting = sign_in(ConnectionKind.APP, server.url, ca_pem=authority.pem)
            assert ask_for_token(trusting).access_token == Secret("T1")
            for other in (None, Authority().pem):
                order = sign_in(ConnectionKind.APP, server.url, ca_pem=other)
                assert diagnosis_of(order) is Diagnosis.TLS_FAILED
        assert len(server.asked) == 1

    def test_a_certificate_for_another_name_is_refused(self, tmp_path: Path) -> None:
        authority = Authority()
        with token_endpoint(Answer(body=TOKEN), tls=authority.server(tmp_path, "other.example")) as server:
            order = sign_in(ConnectionKind.APP, server.url, ca_pem=authority.pem)
            assert diagnosis_of(order) is Diagnosis.TLS_FAILED
            assert server.asked == []

    def test_a_packed_answer_is_not_unpacked(self, endpoint: TokenEndpoint) -> None:
        endpoint.answer = Answer(body=TOKEN, headers={"Content-Encoding": "gzip"})
        assert ask_for_token(sign_in(ConnectionKind.APP, endpoint.url)).access_token == Secret("T1")

    def test_a_proxy_that_refuses(self, endpoint: TokenEndpoint) -> None:
        order = sign_in(ConnectionKind.APP, "https://orch.example/", proxy_url=endpoint.url)
        assert diagnosis_of(order) is Diagnosis.PROXY_FAILED

    def test_a_proxy_is_gone_through(self, endpoint: TokenEndpoint) -> None:
        order = sign_in(ConnectionKind.APP, "http://orch.example/connect/token", proxy_url=endpoint.url)
        assert ask_for_token(order).access_token == Secret("T1")
        assert endpoint.asked[0].path == "http://orch.example/connect/token"

    def test_the_environment_names_no_proxy_for_us(
        self, endpoint: TokenEndpoint, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        assert ask_for_token(sign_in(ConnectionKind.APP, endpoint.url)).access_token == Secret("T1")

    def test_every_diagnosis_has_its_words(self) -> None:
        assert set(WORDS) == set(Diagnosis)


@pytest.mark.parametrize(
    ("stated", "understood"),
    [(60, 60), ("60", 60), (0, 1800), (-1, 1800), (True, 1800), (None, 1800), ("soon", 1800), (1e300, 31_622_400)],
)
def test_a_lifetime_that_cannot_be_is_not_believed(endpoint: TokenEndpoint, stated: object, understood: int) -> None:
    endpoint.answer = Answer(body={"access_token": "T", "expires_in": stated})
    granted = ask_for_token(sign_in(ConnectionKind.APP, endpoint.url))
    assert granted.lifetime == timedelta(seconds=understood)


class TestCodes:
    """A person's code is exchanged once, for a refresh token or not at all."""

    def exchange(self, url: str) -> Granted:
        return exchange_code(
            sign_in(ConnectionKind.PERSON, url),
            Secret("canary-code"),
            code_verifier=Secret("canary-verifier"),
            redirect_uri="http://127.0.0.1:1/callback",
        )

    def test_a_code_is_sent_with_its_verifier_and_without_the_connections_secret(self, endpoint: TokenEndpoint) -> None:
        endpoint.answer = Answer(body={**TOKEN, "refresh_token": "R1", "scope": "OR.Jobs", "id_token": "I1"})
        granted = self.exchange(endpoint.url)
        assert granted.refresh_token == Secret("R1")
        assert (granted.scope, granted.id_token) == ("OR.Jobs", Secret("I1"))
        assert endpoint.asked[0].fields == {
            "grant_type": "authorization_code",
            "client_id": "client",
            "code": "canary-code",
            "code_verifier": "canary-verifier",
            "redirect_uri": "http://127.0.0.1:1/callback",
        }

    @pytest.mark.parametrize(
        ("answer", "diagnosis"),
        [
            (Answer(400, {"error": "invalid_grant"}), Diagnosis.CODE_REFUSED),
            (Answer(400, {"error": "invalid_client"}), Diagnosis.INVALID_CLIENT),
            (Answer(200, TOKEN), Diagnosis.NO_REFRESH_TOKEN),
            (Answer(200, "<!doctype html>"), Diagnosis.WRONG_IDENTITY_PATH),
        ],
    )
    def test_what_goes_wrong_is_told_apart(self, endpoint: TokenEndpoint, answer: Answer, diagnosis: Diagnosis) -> None:
        endpoint.answer = answer
        with pytest.raises(UpstreamSignInFailed) as failed:
            self.exchange(endpoint.url)
        assert failed.value.diagnosis is diagnosis
        assert "canary" not in repr((failed.value, failed.value.public, failed.value.hint, failed.value.details))
