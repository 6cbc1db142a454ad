"""The npm package ``@uipath/uipath-typescript`` 1.3, unmodified, in a page of another origin, with OAuth and PKCE."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.factories.administrator import Administrator
from tests.factories.browser import chromium, sign_in_on_the_page
from tests.factories.node import PROGRAMS
from tests.factories.strange_server import strange_server

LIBRARY = PROGRAMS / "node_modules" / "@uipath" / "uipath-typescript" / "dist" / "index.umd.js"
SCOPES = ("OR.Assets.Read", "OR.Jobs", "OR.Execution.Read", "OR.Queues.Read")
PERSON = "bea"

# What the page comes to it keeps where the test looks.
PAGE = """<!doctype html><title>An app</title><link rel="icon" href="data:,">
<script>%(library)s</script>
<script>
const { UiPath } = window.UiPath;
delete window.UiPath;
(async () => {
  const sdk = new UiPath(%(config)s);
  const returned = sdk.isInOAuthCallback();
  await sdk.initialize();
  window.sdk = sdk;
  window.told = { returned, authenticated: sdk.isAuthenticated(), initialized: sdk.isInitialized() };
})().catch((error) => { window.told = { error: String(error) }; });
</script>"""


@dataclass(frozen=True)
class App:
    """A page that signs somebody in, and who that is."""

    address: str
    password: str


@pytest.fixture
def app(administrator: Administrator) -> Iterator[App]:
    house = administrator.house
    roles = [{"role": "Automation User", "tenant": f"{house.organization}/{house.tenant}", "folder": house.folder}]
    password = administrator.make_user(PERSON, roles=roles)
    with strange_server({}) as server:
        redirect = f"{server.url}/app"
        application = administrator.make_application(
            "page", is_confidential=False, redirect_uris=[redirect], user_scopes=SCOPES
        )
        config = {
            "baseUrl": house.base_url,
            "orgName": house.organization,
            "tenantName": house.tenant,
            "clientId": application["id"],
            "redirectUri": redirect,
            "scope": " ".join(SCOPES),
        }
        page = PAGE % {"library": LIBRARY.read_text(), "config": json.dumps(config)}
        server.answers["GET /app"] = (200, page)
        yield App(redirect, password)


def told(page: Page) -> Any:
    page.wait_for_function("window.told !== undefined")
    return page.evaluate("window.told")


WORK = """async () => {
    const { items: assets } = await sdk.assets.getAll({ filter: "Name eq 'ApprovalLimit'" });
    const { items: processes } = await sdk.processes.getAll();
    const { folderId } = processes[0];
    const input = { processKey: processes[0].key, inputArguments: JSON.stringify({ InvoiceNumber: "8" }) };
    const [job] = await sdk.processes.start(input, folderId);
    const refused = await sdk.buckets.getAll({ folderId }).catch((error) => error.statusCode);
    return { limit: assets[0].value, process: job.processName, refused };
}"""
REFRESH = """async () => {
    const kept = Object.entries(sessionStorage).find(([name]) => name.startsWith("uipath_sdk_user_token-"));
    const before = JSON.parse(kept[1]);
    sdk.updateToken({ ...before, expiresAt: new Date(0) });
    const { items } = await sdk.assets.getAll();
    return { replaced: sdk.getToken() !== before.token, found: items.length > 0 };
}"""


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        context = browser.new_context()
        context.set_default_timeout(15_000)
        # The library tells its maker of every use; a test speaks to this machine alone.
        context.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort())
        yield context.new_page()
        context.close()


def test_a_page_signs_somebody_in_works_and_refreshes(app: App, page: Page) -> None:
    page.goto(app.address)
    sign_in_on_the_page(page, PERSON, app.password)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url(f"{app.address}?*")
    assert told(page) == {"returned": True, "authenticated": True, "initialized": True}
    assert page.evaluate(WORK) == {"limit": "1000", "process": "InvoiceBot", "refused": 403}
    assert page.evaluate(REFRESH) == {"replaced": True, "found": True}
    page.goto(app.address)
    assert told(page) == {"returned": False, "authenticated": True, "initialized": True}
    # Signed out of the page, yet still signed in here and agreed to: there and back without a word.
    page.evaluate("sdk.logout()")
    page.goto(app.address)
    page.wait_for_url(f"{app.address}?*")
    assert told(page) == {"returned": True, "authenticated": True, "initialized": True}
