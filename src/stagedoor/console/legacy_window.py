"""The legacy window: whether passwords still open the API, until when, for whom, and who used them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from starlette.responses import Response

from stagedoor.client import LegacyWindow, NotSignedIn, StagedoorClientError
from stagedoor.console.visit import Visit
from stagedoor.console.wording import read_time

SUGGESTED_DAYS = 90


async def show_window(visit: Visit) -> Response:
    """Show the window; to people who do not administer, what it is."""
    if not (await visit.whoami())["may_administer"]:
        return await visit.page("legacy_window.html", allowed=False)
    return await _window_page(visit, await visit.stagedoor().legacy_window())


async def change_window(visit: Visit) -> Response:
    """Open the window until the end of a day, or close it."""
    form = await visit.form()
    is_open = form.text("do") != "close"
    until = _end_of(form.text("until"))
    if is_open and until is None:
        window = await visit.stagedoor().legacy_window()
        return await _window_page(visit, window, status=422, refusals=["Pick the day on which the window closes."])
    try:
        await visit.stagedoor().set_legacy_window(is_open=is_open, until=until if is_open else None)
    except NotSignedIn:
        raise
    except StagedoorClientError as refused:
        said = [sentence for sentence in (refused.message, refused.hint) if sentence]
        window = await visit.stagedoor().legacy_window()
        return await _window_page(visit, window, status=refused.status or 502, refusals=said)
    return visit.go("/console/legacy-window")


async def _window_page(
    visit: Visit, window: LegacyWindow, *, status: int = 200, refusals: Sequence[str] = ()
) -> Response:
    now = visit.clock.now()
    until = read_time(window["until"]) if window["until"] else None
    is_open = window["open"] and (until is None or until > now)
    suggested = until if until is not None and until > now else now + timedelta(days=SUGGESTED_DAYS)
    return await visit.page(
        "legacy_window.html",
        status,
        allowed=True,
        window=window,
        is_open=is_open,
        days_left=(until - now).days if is_open and until is not None else None,
        uses=sorted(window["uses"], key=lambda use: use["last_used_at"], reverse=True),
        users=sorted(window["users"], key=lambda user: (not user["eligible"], user["username"].lower())),
        eligible_count=sum(user["eligible"] for user in window["users"]),
        suggested=f"{suggested:%Y-%m-%d}",
        earliest=f"{now:%Y-%m-%d}",
        refusals=refusals,
    )


def _end_of(day: str) -> datetime | None:
    try:
        read = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return datetime.combine(read, time(23, 59, 59), tzinfo=UTC)
