"""The npm package ``openid-client`` 6, unmodified, signs people and applications in against our identity.

It holds us to the standards: what it does not find as they say, it refuses.
"""

from typing import Any

import pytest
from tests.factories.administrator import Administrator
from tests.factories.node import run_node
from tests.factories.signing_in import REDIRECT, sign_in_through_the_page

PROGRAM = "openid-client.mjs"
PERSON = "olga.openid"
SCOPE = "openid profile email offline_access OR.Jobs.Read"


@pytest.fixture(scope="module")
def password(administrator: Administrator) -> str:
    """The password of a person who may look at jobs."""
    house = administrator.house
    role = {"tenant": f"{house.organization}/{house.tenant}", "role": "Automation User"}
    return administrator.make_user(PERSON, email="olga@acme.example", first_name="Olga", roles=[role])


@pytest.fixture(scope="module")
def public(administrator: Administrator) -> dict[str, Any]:
    """What a program on somebody's desk is configured with: no secret."""
    application = administrator.make_application(
        "desk", is_confidential=False, redirect_uris=[REDIRECT], user_scopes=SCOPE.split()
    )
    return {**places_of(administrator), "clientId": application["id"], "redirectUri": REDIRECT, "scope": SCOPE}


@pytest.fixture(scope="module")
def confidential(administrator: Administrator) -> dict[str, Any]:
    """What a service is configured with; it may read jobs."""
    application = administrator.make_application(
        "service", is_confidential=True, application_scopes=["OR.Jobs.Read", "OR.Folders.Read"]
    )
    return {
        **places_of(administrator),
        "clientId": application["id"],
        "clientSecret": application["secret"],
        "scope": "OR.Jobs.Read",
    }


def places_of(administrator: Administrator) -> dict[str, Any]:
    house = administrator.house
    return {
        "baseUrl": house.base_url,
        "apiUrl": f"{house.orchestrator_url}/odata/Jobs?$top=1",
        "folderPath": house.folder,
        "otherApiUrl": f"{house.orchestrator_url}/odata/Users?$top=1",
    }


def sign_in(public: dict[str, Any], password: str) -> dict[str, Any]:
    """Let the program begin, sign in on our page, and return what the program needs to finish."""
    begun = run_node(PROGRAM, "begin", **public)
    return {**public, "begun": begun, "callback": sign_in_through_the_page(begun["url"], PERSON, password)}


def test_a_person_signs_in_with_code_and_pkce(public: dict[str, Any], password: str) -> None:
    signed_in = run_node(PROGRAM, "finish", **sign_in(public, password))
    assert signed_in["claims"]["iss"] == f"{public['baseUrl']}/identity_"
    assert signed_in["claims"]["aud"] in (public["clientId"], [public["clientId"]])
    assert signed_in["userinfo"]["preferred_username"] == PERSON
    assert signed_in["userinfo"]["email"] == "olga@acme.example"
    assert set(signed_in["scope"].split()) == set(SCOPE.split())
    assert signed_in["status"] == 200
    assert signed_in["codeAgain"]["error"] == "invalid_grant"


def test_a_refresh_token_rotates_and_is_revoked(public: dict[str, Any], password: str) -> None:
    refreshed = run_node(PROGRAM, "refresh", **sign_in(public, password))
    assert (refreshed["rotated"], refreshed["sameSubject"], refreshed["statusBefore"]) == (True, True, 200)
    assert refreshed["afterwards"]["error"] == "invalid_grant"


def test_answers_that_were_tampered_with_are_refused(public: dict[str, Any], password: str) -> None:
    wrong = run_node(PROGRAM, "wrongAnswers", **sign_in(public, password))
    assert '"state"' in wrong["state"]["reason"]
    assert '"iss"' in wrong["issuer"]["reason"]
    assert wrong["verifier"]["error"] == "invalid_grant"


@pytest.mark.parametrize("basic", [False, True], ids=["secret in the form", "secret in the header"])
def test_an_application_gets_a_token_that_is_introspected_and_revoked(
    confidential: dict[str, Any], basic: bool
) -> None:
    came_to = run_node(PROGRAM, "application", **confidential, basic=basic)
    assert came_to["granted"] == {"token_type": "bearer", "expires_in": 3600, "scope": "OR.Jobs.Read"}
    assert (came_to["allowed"], came_to["refused"]) == (200, 403)
    assert (came_to["before"]["active"], came_to["before"]["client_id"]) == (True, confidential["clientId"])
    assert came_to["after"] == {"active": False}
    assert came_to["afterwards"] == 401


def test_a_wrong_secret_and_a_scope_beyond_the_application_are_refused(confidential: dict[str, Any]) -> None:
    wrong = run_node(PROGRAM, "applicationRefused", **{**confidential, "clientSecret": "wrong"})
    assert wrong["error"] == "invalid_client"
    beyond = run_node(PROGRAM, "applicationRefused", **{**confidential, "scope": "OR.Jobs.Write"})
    assert beyond["error"] == "invalid_scope"
