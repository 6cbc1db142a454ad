"""What came of a head, for the next request on the same connection: most clients send the same one again."""

from stagedoor.door.surfaces import Surface
from stagedoor.door.visit import Visit
from stagedoor.gateway.carriage import Carriage, onward_of
from stagedoor.passage import Allowed, Caller, CredentialKind, RequestHead

Header = tuple[bytes, bytes]

BYTES_MAX = 8 * 1024
"""Of a head that is kept. A connection that has nothing under way must not hold much."""


class KnownHead:
    """A head as it came, byte for byte, and what the entrance made of it.

    The entrance looks at the head, at the connection, and at settings that stay as they are; so the same head on the
    same connection comes in the same way. Who its caller is, and what the caller may do, is asked anew for each
    request. What is kept goes when its connection goes, and with it the credential in it.

    ``departure`` is how the last request with this head went on to a remote Orchestrator.
    """

    __slots__ = ("_caller", "_head", "_headers", "_method", "_place", "_query", "_scope", "_url", "_way", "departure")

    def __init__(self, method: bytes, url: bytes, headers: list[Header], visit: Visit) -> None:
        self._method = method
        self._url = url
        # A copy: to the list that the head came in the parser adds the trailers, which are no part of it.
        self._headers = headers.copy()
        self._head = visit.head
        self._place = visit.place
        self._query = visit.query
        self._way = visit.way
        self._caller: Caller | None = None
        self.departure: Departure | None = None
        scope = visit.scope
        self._scope = {name: scope[name] for name in ("method", "raw_path", "query_string", "scheme", "client")}

    def is_like(self, method: bytes, url: bytes, headers: list[Header]) -> bool:
        """Tell whether another head is the same."""
        return url == self._url and method == self._method and headers == self._headers

    def note_caller(self, caller: Caller | None) -> None:
        """Keep whose access key is in this head. Other credentials are checked for each request from the beginning."""
        is_key = caller is not None and caller.credential_kind is CredentialKind.ACCESS_KEY
        self._caller = caller if is_key else None

    def enter(self, visit: Visit) -> None:
        """Fill in what the entrance would, for a visit with the same head."""
        head = self._head
        visit.head = RequestHead(
            head.method,
            head.path,
            head.query,
            head.headers,
            head.raw_headers,
            head.client_address,
            head.scheme,
            visit.request_id,
        )
        visit.place, visit.query, visit.way = self._place, self._query, self._way
        visit.caller_before = self._caller
        scope = visit.scope
        scope.update(self._scope)
        scope["headers"] = list(head.raw_headers)


class Departure:
    """What goes on to a remote Orchestrator, for the next request with the same head that is judged the same way."""

    __slots__ = ("carriage", "onward")

    def __init__(self, carriage: Carriage) -> None:
        self.carriage = carriage
        self.onward = onward_of(carriage)

    def suits(self, visit: Visit) -> bool:
        """Tell whether the visit, whose head is the same, has the same caller, tenant, folder and reach.

        Whatever of these has changed since, a token that was renewed among them, is another object.
        """
        carriage = self.carriage
        return (
            carriage.caller is visit.caller
            and carriage.tenant is visit.tenant
            and carriage.folder is visit.folder
            and isinstance(visit.verdict, Allowed)
            and carriage.reach is visit.verdict.reach
        )


def may_be_kept(visit: Visit, url: bytes, headers: list[Header]) -> bool:
    """Tell whether the head of a visit that took the entrance is worth keeping: that of an API, and not a large one."""
    if visit.raised is not None or visit.place.surface is not Surface.ORCHESTRATOR:
        return False
    return len(url) + sum(len(name) + len(value) for name, value in headers) <= BYTES_MAX
