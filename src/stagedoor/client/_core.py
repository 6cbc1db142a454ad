"""The part that the synchronous client and its twin share: requests, tries, answers, pages. It does no I/O itself.

Its methods are generators that yield a request for its answer, or a :class:`Pause` for nothing; a face of the client
runs them (``_client.py``, ``_async_client.py``).
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx2

from stagedoor import __version__
from stagedoor.client._errors import ServerFailed, StagedoorClientError, Unreachable, error_of
from stagedoor.client._management import Ask, AskAll
from stagedoor.client._requests import Call, Place, folder_headers, is_orchestrator_path
from stagedoor.client._retry import READ_METHODS, Retry
from stagedoor.kit.chance import Chance

DEFAULT_TIMEOUT_SECONDS = 30.0
LIST_PAGES_MAX = 10_000
# The vendor's bound for queue items is the lowest of its bounds on $top.
PAGE_SIZE = 100

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Pause:
    """Ask the face to wait."""

    seconds: float


Flow = Generator[httpx2.Request | Pause, httpx2.Response | None, Result]


class Core:
    """Build requests for one place and read their answers, trying reads again as :class:`Retry` says."""

    def __init__(self, place: Place, *, timeout: float, retry: Retry, chance: Chance) -> None:
        self.place = place
        self._timeout = timeout
        self._retry = retry
        self._chance = chance

    def request_of(self, call: Call) -> httpx2.Request:
        """Return the request for a call, without its credential; raises ``ValueError`` for a path that is none."""
        headers = {"Accept": "application/json", "User-Agent": f"stagedoor-python/{__version__}"}
        if is_orchestrator_path(call.path):
            headers |= folder_headers(call.folder if call.folder is not None else self.place.folder)
        return httpx2.Request(
            call.method,
            self.place.url(call.target),
            headers=headers,
            json=call.json,
            extensions={"timeout": httpx2.Timeout(max(self._timeout, call.seconds_max or 0)).as_dict()},
        )

    def exchange(self, call: Call) -> Flow[httpx2.Response]:
        """Return the answer to a call; raises a :class:`StagedoorClientError` unless its status is 2xx."""
        request = self.request_of(call)
        attempt = 1
        while True:
            try:
                response = yield request
            except httpx2.TransportError as fault:
                pause = self._retry.pause_after_fault(request, fault, attempt, self._chance)
                if pause is None:
                    raise _unreachable(request, fault) from fault
            else:
                assert response is not None  # noqa: S101  # a face answers a request with a response
                if response.is_success:
                    return response
                pause = self._retry.pause_after_answer(response, attempt, self._chance)
                if pause is None:
                    raise error_of(response)
            yield Pause(pause)
            attempt += 1

    def value(self, call: Call) -> Flow[Any]:
        """Return the answer's content: JSON as Python values, other text as ``str``, the rest as ``bytes``."""
        response = yield from self.exchange(call)
        return content_of(response)

    def ask(self, ask: Ask[Result]) -> Flow[Result]:
        """Return the answer of the management API, in the form that ``ask`` reads it to."""
        response = yield from self.exchange(ask.call)
        return ask.read(_json_object(response))

    def ask_all(self, ask: AskAll[Result]) -> Flow[list[Result]]:
        """Return all items of a list of the management API, following its cursor."""
        found: list[Result] = []
        call = ask.call
        for _ in range(LIST_PAGES_MAX):
            page = _json_object((yield from self.exchange(call)))
            found += items_in(page, "items")
            if not page.get("next"):
                return found
            call = call.with_query(cursor=str(page["next"]))
        raise ServerFailed(f"The list at {ask.call.path} does not end.")


class Pages(Generic[Result]):
    """The pages of one list of an Orchestrator: which call comes next, and what the last answer held.

    OData lists are paged with ``$top`` and ``$skip`` and may name the next page themselves; the older lists under
    ``/api`` with ``take`` and ``skip``. Only the query of a next link is used: wherever it points, the next page is
    asked for where the first one was, so a credential never follows a link to another host.
    """

    def __init__(self, call: Call, *, page_size: int, limit: int | None) -> None:
        if page_size < 1:
            raise ValueError("a page holds at least one item")
        if call.method not in READ_METHODS:
            raise ValueError(f"{call.method} {call.path} is a write; only what is read comes in pages")
        self._is_odata = call.path.lower().startswith("/odata")
        self._top, self._skip = ("$top", "$skip") if self._is_odata else ("take", "skip")
        given = dict(call.query)
        asked = [bound for bound in (limit, _whole(given.get(self._top))) if bound is not None]
        self._left = min(asked) if asked else None
        self._page_size = page_size
        self._skipped = _whole(given.get(self._skip)) or 0
        self._start = self._skipped
        self._call = call
        self._pages = 0
        self._last_page: list[Result] = []
        self._next: Call | None = self._page_call() if self._left != 0 else None

    @property
    def next_call(self) -> Call | None:
        """The call for the next page, ``None`` after the last one."""
        return self._next

    def take(self, answer: Any) -> list[Result]:
        """Return the items of a page and settle what comes next.

        Raises :class:`ServerFailed` for an answer that is no list, and for one that goes round in circles.
        """
        page: list[Result] = items_in(answer, "value" if self._is_odata else "PageItems")
        self._pages += 1
        if self._pages > LIST_PAGES_MAX or (page and page == self._last_page):
            raise ServerFailed(f"The list at {self._call.path} does not end.")
        self._last_page = page
        asked = self._asked()
        kept = page if self._left is None else page[: self._left]
        self._skipped += len(page)
        if self._left is not None:
            self._left -= len(kept)
        link = answer.get("@odata.nextLink") if self._is_odata else None
        if self._left == 0 or not page:
            self._next = None
        elif isinstance(link, str):
            options = httpx2.URL(link).params
            self._next = self._call.with_query(**{name: options[name] for name in options})
        else:
            # More than was asked for means that the list is not paged and this was all of it.
            self._next = self._page_call() if len(page) == asked else None
        return kept

    def _asked(self) -> int:
        return self._page_size if self._left is None else min(self._page_size, self._left)

    def _page_call(self) -> Call:
        options = {self._top: str(self._asked())}
        if self._skipped:
            options[self._skip] = str(self._skipped)
        return self._call.with_query(**options)


def content_of(response: httpx2.Response) -> Any:
    """Read an answer by its content type; an empty one is ``None``."""
    if not response.content:
        return None
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.endswith(("/json", "+json")):
        try:
            return response.json()
        except ValueError as broken:
            raise _not_understood(response) from broken
    return response.text if kind.startswith("text/") or kind.endswith("xml") else response.content


def items_in(answer: Any, member: str) -> list[Any]:
    """Return the list that an answer holds; raises :class:`ServerFailed` when it holds none."""
    found = answer.get(member) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise ServerFailed(f"The answer is no list: it has no {member}.", hint="Use call() for a single thing.")
    return found


def _json_object(response: httpx2.Response) -> dict[str, Any]:
    content = content_of(response)
    if not isinstance(content, dict):
        raise _not_understood(response)
    return content


def _not_understood(response: httpx2.Response) -> StagedoorClientError:
    return ServerFailed(
        f"{response.request.url.host} answered, but not as Stagedoor does.",
        status=response.status_code,
        hint="Check the base URL, and that no proxy answers in its place.",
    )


def _unreachable(request: httpx2.Request, fault: httpx2.TransportError) -> Unreachable:
    origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
    never_sent = isinstance(fault, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.UnsupportedProtocol)
    what = "took too long to answer" if isinstance(fault, httpx2.TimeoutException) else "cannot be reached"
    reason = str(fault) or type(fault).__name__
    maybe_done = request.method not in READ_METHODS and not never_sent
    hint = (
        "The request was a write and may have been carried out: look before you send it again."
        if maybe_done
        else "Check the base URL, and that Stagedoor runs there."
    )
    return Unreachable(f"{origin} {what}: {reason}.", hint=hint, maybe_done=maybe_done)


def required_variable(environment: Mapping[str, str], name: str) -> str:
    """Return a variable's value; raises ``ValueError`` when it is missing or empty."""
    value = environment.get(name)
    if not value:
        raise ValueError(f"{name} is not set")
    return value


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
