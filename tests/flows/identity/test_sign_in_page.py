"""The sign-in page: guessing, forging, fixing, being led astray; and that people can use it."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.oauth_house import APP_REDIRECT, OAuthHouse, form_of, oauth_house, return_url_of

from stagedoor.identity.authorize.return_address import read_return_address
from stagedoor.identity.passwords import PasswordsBusy
from stagedoor.kit.secret import Secret

LOGIN = "/identity_/account/login"


def test_a_wrong_password_and_an_unknown_user_look_the_same(house: OAuthHouse) -> None:
    pages = [
        house.sign_in("ada", "wrong"),
        house.sign_in("nobody", "wrong"),
        house.sign_in("ada", "wrong", organization="nowhere"),
        house.sign_in("ada", ""),
    ]
    messages = [page.text.split('id="message">')[1].split("<")[0] for page in pages]
    assert len(set(messages)) == 1
    assert {page.status_code for page in pages} == {400}
    assert all("stagedoor_session" not in page.cookies for page in pages)


def test_guessing_is_slowed_down_even_with_the_right_password(house: OAuthHouse) -> None:
    for _ in range(10):
        assert house.sign_in("ada", "wrong").status_code == 400
    answer = house.sign_in("ada")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    elsewhere = house.new_client("198.51.100.1")
    house.browser, house_browser = elsewhere, house.browser
    assert house.sign_in("ada").status_code == 200
    house.browser = house_browser
    house.world.clock.advance(timedelta(minutes=5))
    assert house.sign_in("ada").status_code == 200


def test_a_form_from_another_site_is_not_taken(house: OAuthHouse) -> None:
    page = house.get(LOGIN)
    fields = {**form_of(page), "username": "ada", "password": "sign-in-password"}
    assert house.post(LOGIN, {**fields, "mark": "0" * 64}).status_code == 400
    assert house.post(LOGIN, fields, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    stranger = house.new_client()
    assert house.post(LOGIN, fields, client=stranger).status_code == 400
    forged = {name: value for name, value in fields.items() if name != "mark"}
    assert house.post(LOGIN, forged).status_code == 400
    assert house.post(LOGIN, fields, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_nobody_can_be_made_to_sign_in_under_a_known_session(house: OAuthHouse) -> None:
    house.browser.cookies.set("stagedoor_session", "chosen-by-an-attacker", domain="127.0.0.1")
    house.sign_in()
    cookies = [cookie.value for cookie in house.browser.cookies.jar if cookie.name == "stagedoor_session"]
    assert "chosen-by-an-attacker" not in cookies
    first = cookies[-1]
    house.sign_in()
    with house.world.database.read() as session:
        assert house.server.sessions.find(session, first) is None


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(house: OAuthHouse) -> None:
    header = house.sign_in().headers["set-cookie"]
    assert "HttpOnly" in header
    assert "SameSite=lax" in header
    assert "Path=/" in header
    assert "Domain" not in header


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    with oauth_house(tmp_path, "https://door.example") as house:
        answer = house.sign_in()
        assert answer.headers["set-cookie"].startswith("__Host-stagedoor_session=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "code" in house.authorize().headers["location"]


def test_a_cookie_in_the_store_is_hashed(house: OAuthHouse) -> None:
    house.sign_in()
    cookie = next(cookie.value for cookie in house.browser.cookies.jar if cookie.name == "stagedoor_session")
    raw = Path(str(house.world.database.url.database)).read_bytes()
    wal = Path(f"{house.world.database.url.database}-wal")
    raw += wal.read_bytes() if wal.exists() else b""
    assert cookie is not None
    assert cookie.encode() not in raw
    assert house.world.vault.keyed_hash(cookie).encode() in raw


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/identity_/connect/authorize?client_id=x",
        "/\\evil.example/identity_/connect/authorize",
        "/identity_/connect/authorize/../../evil?x=1",
        "/identity_/connect/authorize.evil.example?x=1",
        "\t//evil.example",
        "javascript:alert(1)",
        "/console",
        "http://127.0.0.1:8120/identity_/connect/authorize?x=1",
        "/identity_/connect/authorize?a=1&a=2",
        "/identity_/connect/authorize?" + "a" * 20_000,
        "",
    ],
)
def test_signing_in_leads_nowhere_but_back_to_an_authorize_request(house: OAuthHouse, address: str) -> None:
    assert read_return_address(address) is None
    answer = house.sign_in(return_url=address)
    assert answer.status_code == 200
    assert "location" not in answer.headers


def test_the_page_holds_no_script_and_may_not_be_framed(house: OAuthHouse) -> None:
    page = house.get(LOGIN, params={"returnUrl": return_url_of(house.authorize())})
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://localhost:8104" in policy
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_the_page_says_where_one_is_and_escapes_what_it_was_told(house: OAuthHouse) -> None:
    then = return_url_of(house.authorize(login_hint='"><script>alert(1)</script>'))
    page = house.get(LOGIN, params={"returnUrl": then})
    assert "UiPath command line" in page.text
    assert "<script>" not in page.text
    assert 'autocomplete="username"' in page.text
    assert 'autocomplete="current-password"' in page.text
    again = house.sign_in('"><script>', "wrong")
    assert "<script>" not in again.text


def test_the_organization_is_asked_for_only_where_there_are_several(house: OAuthHouse) -> None:
    assert 'type="hidden" name="organization"' in house.get(LOGIN).text
    with house.world.database.write() as session:
        house.world.organizations.create_organization(session, "other")
    house.world.feed.catch_up()
    assert '<label for="organization">' in house.get(LOGIN).text
    then = return_url_of(house.authorize(acr_values="tenantName:acme"))
    assert 'type="hidden" name="organization" value="acme"' in house.get(LOGIN, params={"returnUrl": then}).text


def test_the_style_sheet_is_served(house: OAuthHouse) -> None:
    answer = house.get("/identity_/static/identity.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_reset_password_can_end_every_session(house: OAuthHouse) -> None:
    house.sign_in()
    with house.world.database.write() as session:
        house.server.sessions.end_all_of(session, house.ada.id)
    assert house.authorize().headers["location"].startswith(LOGIN)


def test_somebody_may_sign_in_with_an_email_address(house: OAuthHouse) -> None:
    assert house.sign_in("ADA@acme.example").status_code == 200
    with house.world.database.write() as session:
        user = house.people.service.get_user(session, house.world.organization.id, house.ada.id)
        house.people.service.set_password(session, user, Secret("another-password"))
    assert house.sign_in("ada").status_code == 400
    assert house.sign_in("ada", "another-password").status_code == 200


def test_a_flood_of_sign_ins_is_asked_to_wait(house: OAuthHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> bool:
        raise PasswordsBusy

    monkeypatch.setattr(house.people.passwords, "is_right", busy)
    answer = house.sign_in()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")


def test_forms_that_cannot_be_read_are_explained(house: OAuthHouse) -> None:
    assert house.request("POST", LOGIN, json={"username": "ada"}).status_code == 400
    assert house.request("POST", "/identity_/connect/authorize", json={}).status_code == 400
    assert house.request("POST", "/identity_/connect/endsession", json={}).status_code == 400
    house.sign_in()
    client, _ = house.application(redirect_uris=(APP_REDIRECT,), user_scopes=("OR.Jobs",))
    page = house.authorize(client_id=client.id, redirect_uri=APP_REDIRECT, scope="OR.Jobs")
    elsewhere = {**form_of(page), "decision": "allow", "returnUrl": "https://evil.example/"}
    assert house.post("/identity_/account/consent", elsewhere).status_code == 400
    foreign = {**form_of(page), "decision": "deny", "returnUrl": "/identity_/connect/authorize?client_id=x"}
    assert house.post("/identity_/account/consent", foreign).status_code == 400
    assert house.post("/identity_/account/consent", {**foreign, "decision": "allow"}).status_code == 400
    deep = "/identity_/connect/authorize?" + "&".join(f"f{number}=1" for number in range(100))
    assert read_return_address(deep) is None
