"""The synchronous client."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar, Unpack

import httpx2

from stagedoor.client import _management
from stagedoor.client._answers import (
    AccessKeyFacts,
    AuditPage,
    FolderFacts,
    FreshKey,
    KeyLimits,
    KeyPreview,
    LegacyWindow,
    NarrowedKey,
    OperationFacts,
    Permission,
    Tenant,
    WhoAmI,
)
from stagedoor.client._applications import Applications
from stagedoor.client._auth import AccessKey
from stagedoor.client._connections import Connections
from stagedoor.client._core import DEFAULT_TIMEOUT_SECONDS, PAGE_SIZE, Core, Flow, Pages, Pause, required_variable
from stagedoor.client._requests import Field, Folder, Place, call_of
from stagedoor.client._retry import Retry
from stagedoor.client._robot_scripts import RobotScripts
from stagedoor.kit.chance import Chance, SystemChance
from stagedoor.kit.secret import Secret

Result = TypeVar("Result")


class Stagedoor:
    """Call an Orchestrator through Stagedoor, with an access key or any other credential.

    ::

        with Stagedoor("http://127.0.0.1:8120/acme/dev", key="sd_…", folder="Shared") as stagedoor:
            stagedoor.call("Jobs_StartJobs", json={"startInfo": {"ReleaseName": "InvoiceBot"}})

    ``tenant`` is ``organization/tenant``; it may also stand in the base URL. ``folder`` is used for every call that
    names none: a path, a key (GUID) or a number. ``transport`` replaces the network (tests, an application in this
    process). Reads that meet a passing fault are sent again as ``retry`` says; a write is sent once.

    Raises ``ValueError`` for a base URL or tenant that cannot be one; calls raise
    :class:`~stagedoor.client.StagedoorClientError`.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str | Secret | None = None,
        auth: httpx2.Auth | None = None,
        tenant: str | None = None,
        folder: Folder | None = None,
        transport: httpx2.BaseTransport | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        retry: Retry | None = None,
        sleep: Callable[[float], None] = time.sleep,
        chance: Chance | None = None,
    ) -> None:
        if key is not None and auth is not None:
            raise ValueError("give either key or auth")
        place = Place.parse(base_url, tenant=tenant, folder=folder)
        self._core = Core(place, timeout=timeout, retry=retry or Retry(), chance=chance or SystemChance())
        self._http = httpx2.Client(auth=AccessKey(key) if key is not None else auth, transport=transport)
        self._sleep = sleep

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return a client for ``STAGEDOOR_URL``, ``STAGEDOOR_KEY``, ``STAGEDOOR_TENANT`` and ``STAGEDOOR_FOLDER``.

        The last two may be missing. Raises ``ValueError`` when one of the others is.
        """
        return cls(
            required_variable(environment, "STAGEDOOR_URL"),
            key=Secret(required_variable(environment, "STAGEDOOR_KEY")),
            tenant=environment.get("STAGEDOOR_TENANT") or None,
            folder=environment.get("STAGEDOOR_FOLDER") or None,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._core.place.origin!r}, tenant={self._core.place.tenant!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the client is of no use afterwards."""
        self._http.close()

    # Calling the Orchestrator

    def call(
        self,
        operation_or_method: str,
        path: str | None = None,
        *,
        fields: Mapping[str, Field] | None = None,
        json: Any = None,
        folder: Folder | None = None,
    ) -> Any:
        """Carry out one operation of the catalogue by its id, or any method and path, and return what it answers.

        ``fields`` fill the path's arguments; those left over are query options (``filter`` is sent as ``$filter``).
        Paths under ``/odata`` and ``/api`` are the tenant's Orchestrator's, all others are Stagedoor's own. Raises
        ``ValueError`` for an unknown operation, naming near ones, and for a missing path argument.
        The answer is JSON as Python values, ``None`` when empty, ``str`` or ``bytes`` when it is no JSON::

            stagedoor.call("Jobs_GetById", fields={"key": 7})
        """
        call = call_of(operation_or_method, path, fields=fields, json=json, folder=folder)
        return self._run(self._core.value(call))

    def items(
        self,
        operation_or_method: str,
        path: str | None = None,
        *,
        fields: Mapping[str, Field] | None = None,
        folder: Folder | None = None,
        page_size: int = PAGE_SIZE,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield the items of a list, page after page, at most ``limit`` of them.

        Pages are fetched as they are needed. Give ``orderby`` where the order matters, or items that come and go
        meanwhile may be met twice or not at all::

            for job in stagedoor.items("Jobs_Get", fields={"filter": "State eq 'Faulted'", "orderby": "Id"}):
                print(job["Key"])
        """
        call = call_of(operation_or_method, path, fields=fields, folder=folder)
        pages = Pages[dict[str, Any]](call, page_size=page_size, limit=limit)
        while pages.next_call is not None:
            yield from pages.take(self._run(self._core.value(pages.next_call)))

    def request(
        self,
        method: str,
        path: str,
        *,
        fields: Mapping[str, Field] | None = None,
        json: Any = None,
        folder: Folder | None = None,
    ) -> httpx2.Response:
        """Send any request and return its whole answer, headers included."""
        call = call_of(method, path, fields=fields, json=json, folder=folder)
        return self._run(self._core.exchange(call))

    def preview(
        self,
        operation_or_method: str,
        path: str | None = None,
        *,
        fields: Mapping[str, Field] | None = None,
        json: Any = None,
        folder: Folder | None = None,
    ) -> httpx2.Request:
        """Return the request that :meth:`call` would send, without its credential and without sending it."""
        return self._core.request_of(call_of(operation_or_method, path, fields=fields, json=json, folder=folder))

    def get(self, path: str, *, fields: Mapping[str, Field] | None = None, folder: Folder | None = None) -> Any:
        """Read a path and return what it answers, as :meth:`call` does."""
        return self.call("GET", path, fields=fields, folder=folder)

    def post(
        self, path: str, *, json: Any = None, fields: Mapping[str, Field] | None = None, folder: Folder | None = None
    ) -> Any:
        """Post to a path and return what it answers."""
        return self.call("POST", path, fields=fields, json=json, folder=folder)

    def put(
        self, path: str, *, json: Any = None, fields: Mapping[str, Field] | None = None, folder: Folder | None = None
    ) -> Any:
        """Put to a path and return what it answers."""
        return self.call("PUT", path, fields=fields, json=json, folder=folder)

    def patch(
        self, path: str, *, json: Any = None, fields: Mapping[str, Field] | None = None, folder: Folder | None = None
    ) -> Any:
        """Patch a path and return what it answers."""
        return self.call("PATCH", path, fields=fields, json=json, folder=folder)

    def delete(self, path: str, *, fields: Mapping[str, Field] | None = None, folder: Folder | None = None) -> Any:
        """Delete a path and return what it answers."""
        return self.call("DELETE", path, fields=fields, folder=folder)

    # Who am I, and what may I do

    def whoami(self) -> WhoAmI:
        """Return who calls, with which credential, and what that may do."""
        return self._run(self._core.ask(_management.whoami()))

    def can_i(self, operation: str, *, tenant: str | None = None, folder: str | None = None) -> Permission:
        """Tell whether a call would pass; raises :class:`~stagedoor.client.NotFound` for an unknown operation."""
        asked_tenant = tenant or self._core.place.tenant
        return self._run(self._core.ask(_management.can_i(operation, tenant=asked_tenant, folder=folder)))

    def operations(self, *, search: str | None = None, tag: str | None = None) -> list[OperationFacts]:
        """List the operations of the catalogue, those that match ``search`` in plain words or names when given."""
        return self._run(self._core.ask_all(_management.operations(search, tag)))

    def tenants(self) -> list[Tenant]:
        """List the tenants that the caller may enter."""
        return self._run(self._core.ask_all(_management.tenants()))

    def folders(self, *, tenant: str | None = None) -> list[FolderFacts]:
        """List a tenant's folders that the caller may see."""
        return self._run(self._core.ask_all(_management.folders(tenant or self._core.place.tenant)))

    # Access keys

    def list_keys(self, *, tenant: str | None = None) -> list[AccessKeyFacts]:
        """List access keys, of one tenant when given."""
        return self._run(self._core.ask_all(_management.list_keys(tenant)))

    def get_key(self, key_id: str) -> AccessKeyFacts:
        """Return one access key's facts."""
        return self._run(self._core.ask(_management.get_key(key_id)))

    def create_key(
        self,
        name: str,
        *,
        allow: Sequence[str],
        tenant: str | None = None,
        folders: Sequence[str] | None = None,
        networks: Sequence[str] = (),
        expires_in: str | None = None,
        expires_at: datetime | None = None,
        **limits: Unpack[KeyLimits],
    ) -> FreshKey:
        """Make an access key; its secret is in this answer and never again.

        ``allow`` holds operation ids, ``tag:Jobs``, ``scope:OR.Jobs.Read``, ``permission:Jobs.View`` or ``all``.
        ``folders`` are paths, each with its subfolders; ``None`` means every folder. ``networks`` are CIDRs.
        ``expires_in`` is a span such as ``90d``. ``limits`` are those of :class:`KeyLimits`, by name. Needs a person's
        sign-in: no key can make a key.
        """
        terms = _management.KeyTerms(
            name=name,
            tenant=tenant or self._core.place.tenant,
            allow=allow,
            folders=folders,
            networks=networks,
            expires_in=expires_in,
            expires_at=expires_at,
            limits=limits,
        )
        return self._run(self._core.ask(_management.create_key(terms)))

    def preview_key(
        self,
        *,
        allow: Sequence[str],
        name: str = "preview",
        tenant: str | None = None,
        folders: Sequence[str] | None = None,
        networks: Sequence[str] = (),
        expires_in: str | None = None,
        expires_at: datetime | None = None,
        **limits: Unpack[KeyLimits],
    ) -> KeyPreview:
        """Return what :meth:`create_key` would give with the same arguments, in words and as operations."""
        terms = _management.KeyTerms(
            name=name,
            tenant=tenant or self._core.place.tenant,
            allow=allow,
            folders=folders,
            networks=networks,
            expires_in=expires_in,
            expires_at=expires_at,
            limits=limits,
        )
        return self._run(self._core.ask(_management.preview_key(terms)))

    def change_key_limits(self, key_id: str, **limits: Unpack[KeyLimits]) -> AccessKeyFacts:
        """Change how much an access key may be used, and return its facts.

        What is not named stays as it is, and ``None`` lifts a limit; a rate that is lifted takes its burst along. In
        force within a second in every process; what the key has used stays used.
        """
        return self._run(self._core.ask(_management.change_key_limits(key_id, limits)))

    def narrow_key(
        self,
        *,
        allow: Sequence[str] | None = None,
        folders: Sequence[str] | None = None,
        networks: Sequence[str] = (),
        expires_in: str = "1h",
    ) -> NarrowedKey:
        """Return less of the access key in use, for a while: what may be handed to a job, a script or an agent.

        What is left out stays as the key has it; asking for more than the key allows is refused. ``expires_in`` is at
        most ``24h``. What a narrowed key uses counts as its access key's, and it ends with that key at the latest.
        Works with an access key and with a narrowed one, and with nothing else.
        """
        ask = _management.narrow_key(allow=allow, folders=folders, networks=networks, expires_in=expires_in)
        return self._run(self._core.ask(ask))

    def revoke_key(self, key_id: str) -> AccessKeyFacts:
        """End an access key at once and return its facts."""
        return self._run(self._core.ask(_management.revoke_key(key_id)))

    def rotate_key(self, key_id: str, *, overlap: str | None = "24h") -> FreshKey:
        """Give a key a new secret; the old one goes on working for ``overlap``, with ``None`` it ends at once."""
        return self._run(self._core.ask(_management.rotate_key(key_id, overlap=overlap)))

    # What else an administrator keeps

    @property
    def connections(self) -> Connections:
        """The connections to Orchestrators elsewhere."""
        return Connections(self._core, self._run)

    @property
    def applications(self) -> Applications:
        """The organization's external applications."""
        return Applications(self._core, self._run)

    @property
    def robot_scripts(self) -> RobotScripts:
        """The scripts that a tenant's scripted robots follow."""
        return RobotScripts(self._core, self._run)

    # Administration

    def audit(
        self,
        *,
        limit: int = 100,
        after: str | int | None = None,
        verdict: str | None = None,
        caller: str | None = None,
    ) -> AuditPage:
        """Return audit rows, newest last: the latest, or the first after ``after``."""
        return self._run(self._core.ask(_management.audit(limit=limit, after=after, verdict=verdict, caller=caller)))

    def legacy_window(self) -> LegacyWindow:
        """Return until when passwords open the API, who may use them, and who did."""
        return self._run(self._core.ask(_management.legacy_window()))

    def set_legacy_window(self, *, is_open: bool, until: datetime | None = None) -> LegacyWindow:
        """Open or close the window, and set the date on which it closes by itself."""
        return self._run(self._core.ask(_management.set_legacy_window(is_open=is_open, until=until)))

    def _run(self, flow: Flow[Result]) -> Result:
        answer: httpx2.Response | None = None
        fault: httpx2.TransportError | None = None
        while True:
            try:
                step = flow.send(answer) if fault is None else flow.throw(fault)
            except StopIteration as done:
                result: Result = done.value
                return result
            answer = fault = None
            if isinstance(step, Pause):
                self._sleep(step.seconds)
                continue
            try:
                answer = self._http.send(step)
            except httpx2.TransportError as broken:
                fault = broken
