"""Which of the house's surfaces a path belongs to: every door that real clients knock on, in one table.

=====================================================  ============  =============================================
Path (any letter case)                                 Surface       What the surface sees
=====================================================  ============  =============================================
``/healthz`` ``/readyz`` ``/metrics``                  OPERATIONS    the same
``/`` ``/console/…``                                   CONSOLE       the same
``/api/stagedoor/v1/…``                                MANAGEMENT    the same
``[/{org}]/identity_/…`` ``/identity/…``               IDENTITY      ``/identity_/…``
``/authorize`` ``/oauth/token`` ``/mobile``            IDENTITY      the same (account host of 2019)
``/cloudrpa/api/…``                                    IDENTITY      the same (discovery of 2019)
``/{org}/portal_/…``                                   IDENTITY      ``/portal_/…``
``…/api/account/authenticate`` (legacy basic)          IDENTITY      ``/api/account/authenticate``
``[/{org}/{tenant}][/orchestrator_]/{odata,api,…}/…``  ORCHESTRATOR  ``/odata/…``, ``/api/…``
``[/{org}/{tenant}][/orchestrator_]/files_/{file}``    FILES         ``/files_/{file}``
=====================================================  ============  =============================================

Everything else is UNKNOWN and refused. Paths arrive in canonical form (``catalog.canonical``).
"""

from dataclasses import dataclass
from enum import StrEnum

from stagedoor.identity.organizations.service import RESERVED_NAMES
from stagedoor.orchestrator.file_addresses.access import ROOT as FILES_ROOT


class Surface(StrEnum):
    """A part of the house that answers on its own paths, in its own error dialect."""

    OPERATIONS = "operations"
    CONSOLE = "console"
    MANAGEMENT = "management"
    IDENTITY = "identity"
    ORCHESTRATOR = "orchestrator"
    FILES = "files"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """A surface, the path as that surface knows it, and what stood in front of it.

    ``organization`` and ``tenant`` are names or ids as the caller wrote them; ``prefix`` is the part of the path that
    was taken off, for building addresses that the caller can use again.
    """

    surface: Surface
    path: str
    prefix: str = ""
    organization: str | None = None
    tenant: str | None = None


OPERATIONS_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
ACCOUNT_HOST_PATHS = frozenset({"/authorize", "/oauth/token", "/mobile"})
ORCHESTRATOR_ROOTS = frozenset({"odata", "api", "tasks", "forms"})


def find_place(path: str) -> Place:
    """Return where a canonical path leads; never raises."""
    lowered = path.lower().rstrip("/") or "/"
    if lowered in OPERATIONS_PATHS:
        return Place(Surface.OPERATIONS, lowered)
    if lowered in ACCOUNT_HOST_PATHS:
        return Place(Surface.IDENTITY, lowered)
    segments = path.split("/")[1:]
    words = lowered.split("/")[1:]
    match words:
        case ["" | "console", *_]:
            return Place(Surface.CONSOLE, path)
        case ["api", "stagedoor", *_]:
            return Place(Surface.MANAGEMENT, path)
        case ["cloudrpa", *_]:
            return Place(Surface.IDENTITY, lowered)
        case ["identity_" | "identity", *rest]:
            return Place(Surface.IDENTITY, "/" + "/".join(("identity_", *rest)), f"/{words[0]}")
        case [_, "identity_" | "identity", *rest]:
            path_inside = "/" + "/".join(("identity_", *rest))
            return Place(Surface.IDENTITY, path_inside, f"/{segments[0]}/{words[1]}", organization=segments[0])
        case [_, "portal_", *_]:
            return Place(Surface.IDENTITY, "/" + "/".join(words[1:]), f"/{segments[0]}", organization=segments[0])
    return _find_orchestrator(path, segments, words)


def _find_orchestrator(path: str, segments: list[str], words: list[str]) -> Place:
    organization = tenant = None
    taken = 0
    if len(words) > 2 and words[0] not in RESERVED_NAMES:
        organization, tenant = segments[0], segments[1]
        taken = 2
    if words[taken : taken + 1] == ["orchestrator_"]:
        taken += 1
    prefix = "".join(f"/{segment}" for segment in segments[:taken])
    inside = words[taken:]
    if inside[:1] == [FILES_ROOT] and len(inside) == 2:
        return Place(Surface.FILES, f"/{FILES_ROOT}/{segments[taken + 1]}", prefix, organization, tenant)
    if not inside or inside[0] not in ORCHESTRATOR_ROOTS:
        return Place(Surface.UNKNOWN, path)
    if inside == ["api", "account", "authenticate"]:
        return Place(Surface.IDENTITY, "/" + "/".join(inside), prefix, organization, tenant)
    return Place(Surface.ORCHESTRATOR, "/" + "/".join(segments[taken:]), prefix, organization, tenant)
