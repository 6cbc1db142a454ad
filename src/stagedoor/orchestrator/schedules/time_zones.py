"""Time zones by their IANA names, and by the names that Windows gives them, which the vendor's API shows."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.schedules.windows_zones import IANA_OF_WINDOWS

NAME_LENGTH_MAX = 64

TimeZone = ZoneInfo

_IANA_OF_FOLDED = {name.casefold(): iana for name, iana in IANA_OF_WINDOWS.items()}
_IANA_FORM = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")


def get_time_zone(name: str) -> TimeZone:
    """Return the zone of an IANA name or of a Windows name; raises :class:`InvalidRequest` for any other one."""
    try:
        return ZoneInfo(get_iana_name(name))
    except (ZoneInfoNotFoundError, OSError, ValueError):
        # A folder of zones, such as Europe, is an OSError.
        raise _unknown() from None


def get_iana_name(name: str) -> str:
    """Return the IANA name of a zone that is written in either way, without asking whether there is such a zone."""
    iana = _IANA_OF_FOLDED.get(name.strip().casefold())
    if iana is not None:
        return iana
    if len(name) > NAME_LENGTH_MAX or not _IANA_FORM.fullmatch(name):
        raise _unknown()
    return name


def _unknown() -> InvalidRequest:
    return InvalidRequest(
        "The time zone is not known.",
        hint="Send an IANA name, such as Europe/Vienna, or a Windows name, such as W. Europe Standard Time.",
        details={"field": "TimeZoneId"},
    )
