import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient
from tests.factories.console import BASE_URL, Browser, FakeHouse, much_later, visiting

from stagedoor.console.app import build_console
from stagedoor.console.sign_in import local_path
from stagedoor.kit.chance import SeededChance
from stagedoor.kit.crypto import Vault


def begin(browser: Browser, next_path: str = "/console") -> dict[str, str]:
    answer = browser.http.get("/console/sign-in", params={"next": next_path})
    assert answer.headers["location"].startswith(f"{BASE_URL}/identity_/connect/authorize?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def test_the_root_leads_to_the_console() -> None:
    answer = Browser(FakeHouse()).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")


def test_whoever_is_not_signed_in_goes_to_sign_in_and_comes_back_to_the_page() -> None:
    browser = Browser(FakeHouse())
    answer = browser.get("/console/activity?show=refused")
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%2Factivity%3Fshow%3Drefused"
    assert browser.sign_in("/console/activity?show=refused").headers["location"] == "/console/activity?show=refused"
    assert browser.get("/console/activity?show=refused").status_code == 200


def test_signing_in_sends_the_hash_of_a_verifier_and_then_the_verifier() -> None:
    house = FakeHouse()
    browser = Browser(house)
    sent = begin(browser)
    house.nonce = sent["nonce"]
    browser.http.get("/console/callback", params={"code": "the-code", "state": sent["state"]})
    [asked] = house.asked_for("POST", "/identity_/connect/token")
    hashed = hashlib.sha256(asked.body["code_verifier"].encode()).digest()
    assert sent["code_challenge"] == base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    assert sent["code_challenge_method"] == "S256"
    assert len(asked.body["code_verifier"]) >= 43
    assert asked.body["redirect_uri"] == sent["redirect_uri"] == f"{BASE_URL}/console/callback"
    assert asked.body["code"] == "the-code"
    assert asked.client_address == "198.51.100.9"


def test_an_answer_with_another_state_makes_no_session() -> None:
    house = FakeHouse()
    browser = Browser(house)
    house.nonce = begin(browser)["nonce"]
    answer = browser.http.get("/console/callback", params={"code": "the-code", "state": "forged"})
    assert answer.status_code == 400
    assert house.asked_for("POST", "/identity_/connect/token") == []
    assert browser.get("/console").status_code == 303


def test_an_answer_in_a_browser_that_asked_for_none_makes_no_session() -> None:
    house = FakeHouse()
    attacker, victim = Browser(house), Browser(house)
    sent = begin(attacker)
    house.nonce = sent["nonce"]
    answer = victim.http.get("/console/callback", params={"code": "the-code", "state": sent["state"]})
    assert answer.status_code == 400
    assert house.asked == []


def test_an_id_token_for_another_attempt_makes_no_session() -> None:
    house = FakeHouse()
    browser = Browser(house)
    sent = begin(browser)
    house.nonce = "of another attempt"
    answer = browser.http.get("/console/callback", params={"code": "the-code", "state": sent["state"]})
    assert answer.status_code == 400
    assert "stagedoor_console" not in browser.http.cookies


def test_an_answer_of_another_issuer_is_refused() -> None:
    house = FakeHouse()
    browser = Browser(house)
    sent = begin(browser)
    query = {"code": "the-code", "state": sent["state"], "iss": "https://elsewhere.example/identity_"}
    assert browser.http.get("/console/callback", params=query).status_code == 400
    assert house.asked == []


def test_a_refusal_of_the_identity_is_shown_in_its_words_without_markup() -> None:
    browser = Browser(FakeHouse())
    sent = begin(browser)
    query = {"error": "access_denied", "error_description": "<b>No</b>", "state": sent["state"]}
    answer = browser.http.get("/console/callback", params=query)
    assert answer.status_code == 403
    assert "&lt;b&gt;No&lt;/b&gt;" in answer.text


def test_an_attempt_serves_once() -> None:
    house = FakeHouse()
    browser = Browser(house)
    sent = begin(browser)
    house.nonce = sent["nonce"]
    query = {"code": "the-code", "state": sent["state"]}
    assert browser.http.get("/console/callback", params=query).headers["location"] == "/console"
    assert browser.http.get("/console/callback", params=query).headers["location"] == "/console"
    assert len(house.asked_for("POST", "/identity_/connect/token")) == 1


def test_an_attempt_that_took_too_long_is_refused() -> None:
    house = FakeHouse()
    browser = Browser(house)
    sent = begin(browser)
    house.nonce = sent["nonce"]
    house.clock.advance(timedelta(minutes=16))
    answer = browser.http.get("/console/callback", params={"code": "the-code", "state": sent["state"]})
    assert answer.status_code == 400


def test_somebody_who_came_by_another_host_name_signs_in_at_the_base_url() -> None:
    browser = Browser(FakeHouse())
    answer = browser.http.get("/console/sign-in?next=/console/keys", headers={"Host": "localhost:8120"})
    assert answer.headers["location"] == f"{BASE_URL}/console/sign-in?next=%2Fconsole%2Fkeys"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/",
        "//evil.example/console",
        "/console\\@evil.example",
        "/consolevil",
        "/api/stagedoor/v1/keys",
        "/console/sign-in",
        "/console/callback?code=x",
        "/console/\r\nSet-Cookie: a=b",
        "/console/" + "a" * 2000,
        "",
    ],
)
def test_sign_in_goes_on_to_pages_of_the_console_alone(text: str) -> None:
    assert local_path(text) == "/console"


def test_tokens_are_in_no_page_and_no_readable_cookie() -> None:
    with visiting(FakeHouse()) as browser:
        page = browser.get("/console")
        cookie = browser.http.cookies["stagedoor_console"]
        for secret in ("access-1", "refresh-1"):
            assert secret not in page.text
            assert secret not in cookie
            assert secret not in base64.urlsafe_b64decode(cookie.rpartition(".")[2] + "==").decode("latin-1")


def test_the_cookie_is_kept_from_scripts_and_other_sites() -> None:
    browser = Browser(FakeHouse())
    answer = browser.sign_in()
    [cookie] = [value for value in answer.headers.get_list("set-cookie") if value.startswith("stagedoor_console=")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


def test_over_https_the_cookie_is_tied_to_the_host_and_to_https() -> None:
    house = FakeHouse()
    console = build_console(
        app=house,
        base_url="https://stagedoor.example",
        vault=Vault(b"k" * 32),
        clock=house.clock,
        chance=SeededChance(1),
    )
    with TestClient(console, base_url="https://stagedoor.example", follow_redirects=False) as http:
        answer = http.get("/console/sign-in")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-stagedoor_console_sign_in=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize("cookie", ["nonsense", "v1.00000000.AAAA", "v1..", ""])
def test_a_cookie_that_is_none_of_ours_is_nobody(cookie: str) -> None:
    browser = Browser(FakeHouse())
    browser.http.cookies.set("stagedoor_console", cookie)
    assert browser.get("/console").status_code == 303


def test_a_sealed_attempt_does_not_pass_for_a_session() -> None:
    browser = Browser(FakeHouse())
    begin(browser)
    browser.http.cookies.set("stagedoor_console", browser.http.cookies["stagedoor_console_sign_in"])
    assert browser.get("/console").status_code == 303


def test_a_token_that_is_due_is_renewed_unseen_and_kept() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        much_later(house)
        assert browser.get("/console/keys").status_code == 200
        assert [asked.body["refresh_token"] for asked in house.asked if asked.path.endswith("/token")] == ["refresh-1"]
        house.asked.clear()
        assert browser.get("/console/keys").status_code == 200
        assert {asked.authorization for asked in house.asked} == {"Bearer access-2"}


def test_a_sign_in_that_ended_leads_back_to_sign_in() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        much_later(house)
        house.signed_out = True
        answer = browser.get("/console/keys")
        assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%2Fkeys"
        assert "stagedoor_console" not in browser.http.cookies


def test_a_sign_in_that_is_refused_at_once_is_said_and_not_tried_in_circles() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        house.signed_out = True
        answer = browser.get("/console")
        assert answer.status_code == 401
        assert "location" not in answer.headers


def test_a_part_of_a_page_leaves_for_sign_in_as_a_whole() -> None:
    browser = Browser(FakeHouse())
    address = f"{BASE_URL}/console/activity?show=refused"
    answer = browser.get("/console/activity/rows", hx_request="true", hx_current_url=address)
    assert answer.headers["hx-redirect"] == "/console/sign-in?next=%2Fconsole%2Factivity%3Fshow%3Drefused"
    assert answer.text == ""


def test_signing_out_revokes_the_tokens_and_ends_the_sign_in_of_the_house() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        answer = browser.post("/console/sign-out")
        [asked] = house.asked_for("POST", "/identity_/connect/revocation")
        assert asked.body == {"client_id": "stagedoor-console", "token": "refresh-1"}
        sent = parse_qs(urlsplit(answer.headers["location"]).query)
        assert answer.headers["location"].startswith(f"{BASE_URL}/identity_/connect/endsession?")
        assert sent["post_logout_redirect_uri"] == [f"{BASE_URL}/console"]
        assert sent["id_token_hint"][0].startswith("e30.")
        assert browser.get("/console").status_code == 303


def test_an_id_token_that_makes_the_cookie_too_large_is_left_out() -> None:
    house = FakeHouse(id_token_padding=3000)
    with visiting(house) as browser:
        assert len(browser.http.cookies["stagedoor_console"]) < 3800
        assert browser.get("/console").status_code == 200
        answer = browser.post("/console/sign-out")
        assert "id_token_hint" not in answer.headers["location"]


def test_a_sign_out_ends_here_even_when_the_house_does_not_answer_it() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        house.refusals["POST", "/identity_/connect/revocation"] = (503, {"error": "temporarily_unavailable"})
        assert browser.post("/console/sign-out").status_code == 303
        assert browser.get("/console").status_code == 303


def test_signing_out_twice_is_no_error() -> None:
    browser = Browser(FakeHouse())
    answer = browser.http.post("/console/sign-out", headers={"Origin": BASE_URL})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")


@pytest.mark.parametrize(
    "body", [b"not json", b"{}", b'{"access_token": "a"}', b'{"access_token": "a", "id_token": "x"}']
)
def test_a_token_endpoint_that_answers_nonsense_makes_no_session(body: bytes) -> None:
    house = FakeHouse(token_answer=body)
    browser = Browser(house)
    assert browser.sign_in().status_code == 400
    assert browser.get("/console").status_code == 303


def test_a_code_that_the_house_refuses_makes_no_session() -> None:
    house = FakeHouse()
    house.signed_out = True
    assert Browser(house).sign_in().status_code == 400


def test_another_site_cannot_sign_anybody_out() -> None:
    house = FakeHouse()
    with visiting(house) as browser:
        answer = browser.post("/console/sign-out", headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert house.asked_for("POST", "/identity_/connect/revocation") == []


@pytest.mark.parametrize(
    ("method", "path", "refused"),
    [
        ("POST", "/console/keys", ("POST", "/keys")),
        ("POST", "/console/keys/new/choice", ("POST", "/keys/preview")),
        ("POST", "/console/legacy-window", ("PUT", "/legacy-window")),
        ("GET", "/console/orchestrator/jobs", ("GET", "/acme/dev/orchestrator_/odata/Jobs")),
        ("GET", "/console/orchestrator/queues", ("GET", "/acme/dev/orchestrator_/odata/QueueItems")),
    ],
)
def test_a_sign_in_that_ends_in_the_middle_leads_to_sign_in_and_not_to_half_a_page(
    method: str, path: str, refused: tuple[str, str]
) -> None:
    house = FakeHouse(orchestrator={"/odata/QueueDefinitions": {"value": [{"Id": 7}]}})
    house.refusals[refused] = (401, {"detail": "The token was revoked."})
    with visiting(house) as browser:
        much_later(house)
        fields = {"name": "x", "tick": "Jobs_Get", "folder": "Shared", "do": "close"}
        answer = browser.get(path) if method == "GET" else browser.post(path, fields)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/console/sign-in?next=%2Fconsole")
        assert "stagedoor_console" not in browser.http.cookies
