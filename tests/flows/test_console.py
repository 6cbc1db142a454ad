"""The console as people use it: a real browser, a whole server, the keyboard, a phone, and no scripts at all."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Route, StorageState, expect
from playwright.sync_api import Error as PlaywrightError
from tests.factories.administrator import Administrator
from tests.factories.browser import chromium, sign_in_on_the_page
from tests.factories.served import Served, served

PAGES = (
    "/console",
    "/console/keys",
    "/console/keys/new?allow=Jobs_StartJobs&allow=scope:OR.Queues.Read",
    "/console/activity",
    "/console/connections",
    "/console/connections/new?kind=person",
    "/console/legacy-window",
    "/console/orchestrator/jobs",
    "/console/orchestrator/queues",
    "/console/orchestrator/assets",
    "/console/nowhere",
)
TARGET_HEIGHTS = """
    [...document.querySelectorAll("button, .button, nav a")]
        .filter(each => each.checkVisibility() && !each.matches(".unseen"))
        .map(each => each.getBoundingClientRect().height)
"""
PHONE = {"width": 360, "height": 740}

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of the pages' own: what they offer depends on which folders and keys there are."""
    with served(tmp_path_factory.mktemp("console") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def signed_in(browser: Browser, house: Served) -> StorageState:
    """The cookies of somebody who signed in by the page, nothing copied by hand."""
    context = browser.new_context(base_url=house.base_url)
    page = context.new_page()
    page.goto("/")
    sign_in_on_the_page(page, house.admin_username, house.admin_password)
    page.wait_for_url(f"{house.base_url}/console")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hello, {house.admin_username}")
    state = context.storage_state()
    context.close()
    return state


@contextmanager
def visiting(browser: Browser, house: Served, state: StorageState | None, **settings: object) -> Iterator[Page]:
    """Give a page in a browser of its own; fails when anything that is shown was blocked or broke."""
    context = browser.new_context(base_url=house.base_url, storage_state=state, **settings)  # type: ignore[arg-type]  # Playwright checks them
    context.set_default_timeout(10_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    try:
        yield page
    finally:
        context.close()
    # The browser itself notes each answer of 4xx; those are asked for on purpose here.
    assert [text for text in wrong if "Failed to load resource" not in text] == []


def call(house: Served, key: str, path: str, body: object = None) -> httpx2.Response:
    method = "GET" if body is None else "POST"
    headers = {"Authorization": f"Bearer {key}"}
    return httpx2.request(method, house.orchestrator_url + path, headers=headers, json=body)


def make_key(page: Page, name: str, words: str, operation: str) -> str:
    page.goto("/console/keys/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Say it in plain words").fill(words)
    page.locator(f'input[name="tick"][value="{operation}"]').check()
    expect(page.locator("#chosen .chip")).to_have_count(1)
    page.get_by_role("button", name="Make the key").click()
    return page.get_by_label("Access key", exact=True).input_value()


def test_a_key_is_made_in_one_screen_and_works_at_once(
    browser: Browser, house: Served, signed_in: StorageState
) -> None:
    with visiting(browser, house, signed_in) as page:
        page.goto("/console")
        page.get_by_role("link", name="Make a key").first.click()
        page.get_by_label("Name").fill("Job starter")
        page.get_by_label("Say it in plain words").fill("start jobs")
        page.get_by_role("checkbox", name=re.compile("Start jobs of a process")).check()
        reading = page.locator("#reading")
        expect(reading).to_contain_text("start jobs of a process, in Shared and everything below")
        page.get_by_role("radio", name="30 days").check()
        expect(reading).to_contain_text("Until")
        page.get_by_role("button", name="Make the key").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your key is ready")
        key = page.get_by_label("Access key", exact=True).input_value()
        assert page.url.startswith(f"{house.base_url}/console/keys/"), "reloading must not make another key"
        start = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
        assert call(house, key, start, {"startInfo": {"ReleaseName": "InvoiceBot"}}).status_code == 201
        assert call(house, key, "/odata/Jobs").status_code == 403
        page.reload()
        assert key not in page.content()


def test_the_ready_snippet_runs_as_it_is(browser: Browser, house: Served, signed_in: StorageState) -> None:
    with visiting(browser, house, signed_in) as page:
        make_key(page, "For Python", "list jobs", "Jobs_Get")
        page.get_by_text("Python", exact=True).click()
        snippet = page.locator(".snippet:visible code").inner_text()
        asked: list[httpx2.Response] = []
        # The snippet is for requests, which is not installed here; httpx2 takes the same call.
        ran = snippet.replace("import requests\n", "")

        class Requests:
            @staticmethod
            def request(*arguments: str, **named: object) -> httpx2.Response:
                asked.append(httpx2.request(*arguments, **named))  # type: ignore[arg-type]  # as the snippet has it
                return asked[-1]

        exec(ran, {"requests": Requests, "print": lambda _: None})
        assert asked[0].json()["value"] is not None


def test_the_key_is_copied_with_one_click(browser: Browser, house: Served, signed_in: StorageState) -> None:
    with visiting(browser, house, signed_in, permissions=["clipboard-read", "clipboard-write"]) as page:
        key = make_key(page, "To copy", "list jobs", "Jobs_Get")
        page.get_by_role("button", name="Copy the access key").click()
        expect(page.locator(".fresh button")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == key


def test_what_was_chosen_stays_while_searching_on_and_a_chip_takes_it_back(
    browser: Browser, house: Served, signed_in: StorageState
) -> None:
    with visiting(browser, house, signed_in) as page:
        page.goto("/console/keys/new")
        search = page.get_by_label("Say it in plain words")
        search.fill("start jobs")
        page.locator('input[name="tick"][value="Jobs_StartJobs"]').check()
        chips = page.locator("#chosen .chip")
        expect(chips).to_have_count(1)
        search.fill("queues")
        page.locator('input[name="tick"][value="scope:OR.Queues.Read"]').check()
        expect(chips).to_have_count(2)
        page.get_by_role("button", name="Take away: start jobs of a process").click()
        expect(chips).to_have_count(1)
        expect(page.locator("#chosen")).to_be_focused()
        expect(page.locator("#reading")).not_to_contain_text("start jobs")
        page.locator('input[name="tick"][value="scope:OR.Queues.Read"]').uncheck()
        expect(chips).to_have_count(0)
        expect(page.locator("#reading")).to_contain_text("Tick at least one thing")


def test_a_tick_is_kept_while_the_answer_to_typed_words_is_under_way(
    browser: Browser, house: Served, signed_in: StorageState
) -> None:
    with visiting(browser, house, signed_in) as page:
        held: list[Route] = []
        page.route("**/keys/new/choice", lambda route: route.continue_() if held else held.append(route))
        page.goto("/console/keys/new")
        with page.expect_request("**/keys/new/choice"):
            page.get_by_label("Say it in plain words").fill("webhooks")
        page.locator('input[name="tick"][value="Jobs_Get"]').check()
        with suppress(PlaywrightError):  # the page has given it up already, as it should
            held[0].continue_()
        expect(page.locator("#offers")).to_contain_text("Everything about webhooks")
        expect(page.locator("#chosen .chip")).to_have_count(1)


def test_enter_in_a_field_makes_no_key_by_accident(browser: Browser, house: Served, signed_in: StorageState) -> None:
    with visiting(browser, house, signed_in) as page:
        page.goto("/console/keys/new?allow=Jobs_Get")
        page.get_by_label("Name").fill("Too early")
        page.get_by_label("Name").press("Enter")
        page.get_by_label("Say it in plain words").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Make a key")
        page.goto("/console/keys")
        expect(page.get_by_role("link", name="Too early")).to_have_count(0)


def test_a_refusal_appears_by_itself_with_a_key_that_would_pass(
    browser: Browser, house: Served, signed_in: StorageState, administrator: Administrator
) -> None:
    key = administrator.make_key("Looks only", ["Jobs_Get"], folders=["Shared"])
    with visiting(browser, house, signed_in) as page:
        page.goto("/console/activity")
        start = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
        assert call(house, key, start, {"startInfo": {"ReleaseName": "InvoiceBot"}}).status_code == 403
        row = page.locator(".event.fresh.refused", has_text="Looks only").first
        expect(row).to_contain_text("Jobs_StartJobs")
        expect(row).to_contain_text("operation_not_granted")
        row.get_by_role("link", name="Make a key with it").click()
        expect(page.locator("#chosen .chip")).to_contain_text("Start jobs of a process")
        page.get_by_label("Name").fill("Passes")
        page.get_by_role("button", name="Make the key").click()
        passes = page.get_by_label("Access key", exact=True).input_value()
        assert call(house, passes, start, {"startInfo": {"ReleaseName": "InvoiceBot"}}).status_code == 201


def test_a_paused_page_stands_still_and_goes_on(
    browser: Browser, house: Served, signed_in: StorageState, administrator: Administrator
) -> None:
    key = administrator.make_key("Paused", ["Jobs_Get"], folders=["Shared"])
    with visiting(browser, house, signed_in) as page:
        page.clock.install()
        page.goto("/console/activity")
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text("Paused", exact=True)).to_be_visible()
        assert call(house, key, "/odata/Jobs").status_code == 200
        page.clock.run_for(10_000)
        rows = page.locator(".event", has_text="Paused")
        expect(rows.filter(has_text="Jobs_Get")).to_have_count(0)
        page.get_by_role("button", name="Go on").click()
        page.clock.run_for(4_000)
        expect(rows.filter(has_text="Jobs_Get")).to_have_count(1)


def test_revoking_asks_first_and_ends_the_key(
    browser: Browser, house: Served, signed_in: StorageState, administrator: Administrator
) -> None:
    key = administrator.make_key("Leaked", ["Jobs_Get"], folders=["Shared"])
    with visiting(browser, house, signed_in) as page:
        page.goto("/console/keys")
        page.get_by_role("link", name="Revoke Leaked").click()
        assert call(house, key, "/odata/Jobs").status_code == 200
        page.get_by_role("button", name="Yes, revoke Leaked").click()
        expect(page.get_by_text("This key was revoked.")).to_be_visible()
        assert call(house, key, "/odata/Jobs").status_code == 401


def test_rotating_gives_a_new_secret_and_keeps_the_old_one_for_a_while(
    browser: Browser, house: Served, signed_in: StorageState, administrator: Administrator
) -> None:
    key = administrator.make_key("Turned", ["Jobs_Get"], folders=["Shared"])
    with visiting(browser, house, signed_in) as page:
        page.goto("/console/keys")
        page.get_by_role("link", name="Rotate Turned").click()
        page.get_by_role("button", name="Rotate the key").click()
        fresh = page.get_by_label("Access key", exact=True).input_value()
        assert fresh != key
        assert [call(house, each, "/odata/Jobs").status_code for each in (key, fresh)] == [200, 200]
        page.get_by_role("link", name="See the key").click()
        expect(page.get_by_text("The old secret still works")).to_be_visible()


def test_the_legacy_window_is_closed_and_opened_again(browser: Browser, house: Served, signed_in: StorageState) -> None:
    with visiting(browser, house, signed_in) as page:
        page.goto("/console/legacy-window")
        until = page.get_by_label(re.compile("the end of")).input_value()
        page.get_by_role("button", name="Close it now").click()
        expect(page.get_by_text("Nobody gets in with a password.")).to_be_visible()
        page.get_by_label(re.compile("the end of")).fill(until)
        page.get_by_role("button", name="Open the window").click()
        expect(page.locator(".window")).to_contain_text("left")


def test_the_orchestrator_can_be_looked_at_and_credentials_stay_secret(
    browser: Browser, house: Served, signed_in: StorageState
) -> None:
    with visiting(browser, house, signed_in) as page:
        page.goto("/console/orchestrator")
        page.get_by_role("link", name="Queues").click()
        page.get_by_role("link", name="Invoices").click()
        expect(page.get_by_role("heading", level=2)).to_have_text("Invoices")
        page.get_by_role("link", name="Assets").click()
        credential = page.get_by_role("row", name=re.compile("Credential"))
        expect(credential.first).to_contain_text("kept secret")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone(browser: Browser, house: Served, signed_in: StorageState, scheme: str) -> None:
    with visiting(browser, house, signed_in, viewport=PHONE, color_scheme=scheme) as page:
        for path in PAGES:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
            for box in page.evaluate(TARGET_HEIGHTS):
                assert box >= 24, f"{path}: a target lower than 24 pixels (WCAG 2.2, 2.5.8)"


def test_the_keyboard_reaches_the_content_first_and_sees_where_it_is(
    browser: Browser, house: Served, signed_in: StorageState
) -> None:
    with visiting(browser, house, signed_in) as page:
        page.goto("/console/keys")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to the content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Make a key").first).to_be_focused()
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_without_scripts_a_key_can_be_made_all_the_same(
    browser: Browser, house: Served, signed_in: StorageState
) -> None:
    with visiting(browser, house, signed_in, java_script_enabled=False) as page:
        page.goto("/console/keys/new")
        page.get_by_label("Name").fill("By hand")
        page.get_by_label("Say it in plain words").fill("list jobs")
        page.get_by_role("button", name="Search").click()
        page.locator('input[name="tick"][value="Jobs_Get"]').check()
        page.get_by_role("button", name="Read it again").click()
        expect(page.locator("#reading")).to_contain_text("May list jobs")
        page.get_by_role("button", name="Make the key").click()
        key = page.get_by_label("Access key", exact=True).input_value()
        assert call(house, key, "/odata/Jobs").status_code == 200


def test_without_motion_nothing_moves(browser: Browser, house: Served, signed_in: StorageState) -> None:
    with visiting(browser, house, signed_in, reduced_motion="reduce") as page:
        page.goto("/console/activity")
        assert page.evaluate("getComputedStyle(document.querySelector('.live-dot')).animationName") == "none"


def test_somebody_who_does_not_administer_sees_their_own(
    browser: Browser, house: Served, administrator: Administrator
) -> None:
    roles = [{"tenant": f"{house.organization}/{house.tenant}", "role": "Automation User", "folder": "Shared"}]
    password = administrator.make_user("console.reader", roles=roles)
    with visiting(browser, house, None) as page:
        page.goto("/console")
        sign_in_on_the_page(page, "console.reader", password)
        expect(page.get_by_role("heading", level=1)).to_have_text("Hello, console.reader")
        expect(page.get_by_role("link", name="Activity")).to_have_count(0)
        page.goto("/console/activity")
        expect(page.locator("main")).to_contain_text("Only administrators see the activity")
        page.goto("/console/keys")
        expect(page.get_by_role("link", name="sample")).to_have_count(0)


def test_signing_out_ends_the_session_here_and_at_the_house(browser: Browser, house: Served) -> None:
    with visiting(browser, house, None) as page:
        page.goto("/console/keys")
        sign_in_on_the_page(page, house.admin_username, house.admin_password)
        page.wait_for_url(f"{house.base_url}/console/keys")
        cookie = {each["name"]: each["value"] for each in page.context.cookies()}["stagedoor_console"]
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Password")).to_be_visible()
        page.goto("/console/keys")
        expect(page.get_by_label("Password")).to_be_visible()
        # Whoever kept the cookie has nothing of it: its tokens were revoked.
        kept = httpx2.get(f"{house.base_url}/console/keys", cookies={"stagedoor_console": cookie})
        assert kept.status_code in (303, 401)
