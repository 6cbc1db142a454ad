"""Connecting in a real browser: by form, by a person who goes to the other side and comes back, and without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.browser import chromium, sign_in_on_the_page
from tests.factories.served import Served, served

SCOPES = ["OR.Jobs", "OR.Folders"]
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrator]:
    with served(tmp_path_factory.mktemp("upstream") / "data") as running, administrator_of(running) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("front") / "data", "--empty") as running:
        yield running


@pytest.fixture(scope="module")
def application(upstream: Administrator) -> dict[str, Any]:
    return upstream.make_application("front", is_confidential=True, application_scopes=SCOPES)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, front: Served) -> StorageState:
    context = browser.new_context(base_url=front.base_url)
    page = context.new_page()
    page.goto("/console/connections")
    sign_in_on_the_page(page, front.admin_username, front.admin_password)
    page.wait_for_url(f"{front.base_url}/console/connections")
    expect(page.locator("main")).to_contain_text("No Orchestrator elsewhere is connected.")
    state = context.storage_state()
    context.close()
    return state


@contextmanager
def visiting(browser: Browser, front: Served, state: StorageState, **settings: object) -> Iterator[Page]:
    context = browser.new_context(base_url=front.base_url, storage_state=state, **settings)  # type: ignore[arg-type]  # Playwright checks them
    context.set_default_timeout(20_000)
    page = context.new_page()
    blocked: list[str] = []
    page.on("pageerror", lambda error: blocked.append(str(error)))
    page.on("console", lambda said: blocked.append(said.text) if "Content Security Policy" in said.text else None)
    try:
        yield page
    finally:
        context.close()
    assert blocked == []


def fill_in(page: Page, upstream: Administrator, name: str, client_id: str, secret: str | None) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Address of the Orchestrator").fill(upstream.house.orchestrator_url)
    page.get_by_role("textbox", name="Client id").fill(client_id)
    if secret is not None:
        page.get_by_label("Client secret", exact=True).fill(secret)
    page.get_by_label("Scopes").fill(" ".join(SCOPES))


def remove(page: Page, name: str) -> None:
    page.goto("/console/connections")
    page.get_by_role("link", name=f"Remove {name}").click()
    page.get_by_role("button", name=f"Yes, remove {name}").click()
    page.wait_for_url("**/console/connections")
    expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_it_is_tried_then_connected_tested_mapped_and_removed(
    browser: Browser, front: Served, upstream: Administrator, signed_in: StorageState, application: dict[str, Any]
) -> None:
    with visiting(browser, front, signed_in) as page:
        page.goto("/console/connections")
        page.get_by_role("link", name="Connect an Orchestrator").click()
        page.get_by_role("radio", name="A user name and a password").check()
        expect(page.get_by_label("User name", exact=True)).to_be_visible()
        expect(page.get_by_role("textbox", name="Client id")).to_have_count(0)
        page.get_by_role("radio", name="An external application").check()
        expect(page.get_by_label("Client secret", exact=True)).to_be_visible()
        fill_in(page, upstream, "prod", application["id"], "mistyped")
        page.get_by_role("button", name="Connect").click()
        trial = page.locator("#trial")
        expect(trial).to_contain_text("It does not work yet.")
        expect(trial).to_contain_text("What to do:")
        # What was typed is still there, the secret included: only the outcome was drawn.
        page.get_by_label("Client secret", exact=True).fill(application["secret"])
        page.get_by_role("button", name="Try it").click()
        expect(trial).to_contain_text("It works.")
        page.get_by_role("button", name="Connect").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("prod")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Signed in")

        page.get_by_role("button", name="Test it").click()
        expect(page.locator("#trial")).to_contain_text("It works.")
        page.locator(".trial-refused summary").click()
        expect(page.locator("#trial")).to_contain_text("Users_Get")
        page.get_by_role("button", name="Send it there").click()
        expect(page.locator("#tenants")).to_contain_text("Send back")
        page.get_by_label("Client secret", exact=True).fill("mistyped")
        page.get_by_role("button", name="Sign in with it").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Fails")
        page.get_by_label("Client secret", exact=True).fill(application["secret"])
        page.get_by_role("button", name="Sign in with it").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Signed in")
        assert application["secret"] not in page.content()
        remove(page, "prod")


def test_a_person_goes_to_the_other_side_and_comes_back(
    browser: Browser, front: Served, upstream: Administrator, signed_in: StorageState
) -> None:
    callback = f"{front.base_url}/console/connections/callback"
    people = upstream.make_application("people", is_confidential=False, user_scopes=SCOPES, redirect_uris=[callback])
    with visiting(browser, front, signed_in) as page:
        page.goto("/console/connections/new?kind=person")
        expect(page.locator("#fields")).to_contain_text(callback)
        fill_in(page, upstream, "ada", people["id"], None)
        page.get_by_role("radio", name="acme/dev").check()
        page.get_by_role("button", name="Go on to the sign-in").click()
        host = upstream.house.base_url.partition("://")[2]
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Sign in at {host}")
        page.get_by_role("link", name=f"Go on to {host}").click()
        assert page.url.startswith(upstream.house.base_url)
        sign_in_on_the_page(page, upstream.house.admin_username, upstream.house.admin_password)
        page.get_by_role("button", name="Allow", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("ada")
        expect(page.locator("#trial")).to_contain_text("It works.")
        expect(page.locator("#tenants")).to_contain_text("acme/dev")
        # The code is worn out: the address of the page is one that only looks.
        assert page.url.startswith(f"{front.base_url}/console/connections/")
        assert "code=" not in page.url
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_contain_text("ada")

        page.get_by_role("button", name="Sign in over there").click()
        page.get_by_role("link", name=f"Go on to {host}").click()
        expect(page.locator("#trial")).to_contain_text("It works.")
        remove(page, "ada")


def test_without_scripts_it_goes_all_the_same(
    browser: Browser, front: Served, upstream: Administrator, signed_in: StorageState, application: dict[str, Any]
) -> None:
    with visiting(browser, front, signed_in, java_script_enabled=False, viewport=PHONE) as page:
        page.goto("/console/connections/new")
        page.get_by_role("radio", name="A personal access token").check()
        page.get_by_role("button", name="Show what it needs").click()
        expect(page.get_by_label("Personal access token", exact=True).last).to_be_visible()
        page.get_by_role("radio", name="An external application").check()
        page.get_by_role("button", name="Show what it needs").click()
        fill_in(page, upstream, "plain", application["id"], application["secret"])
        page.get_by_role("button", name="Try it").click()
        expect(page.locator("#trial")).to_contain_text("It works.")
        page.get_by_label("Client secret", exact=True).fill(application["secret"])
        page.get_by_role("button", name="Connect").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("plain")
        page.get_by_role("button", name="Test it").click()
        expect(page.locator("#trial")).to_contain_text("It works.")
        page.locator("#remove summary").click()
        page.get_by_role("button", name="Yes, remove plain").click()
        expect(page.locator("main")).to_contain_text("No Orchestrator elsewhere is connected.")
