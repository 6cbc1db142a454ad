"""The headers that say on each answer that the old login is going away, and when."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from stagedoor.identity.organizations.schemas import LegacyWindow

DEPRECATED_SINCE = datetime(2019, 6, 11, tzinfo=UTC)
"""When the vendor published the new way."""
ANNOUNCED_END = datetime(2019, 7, 15, tzinfo=UTC)
"""When the vendor meant to end the old one; stands in where an organization has set no date.

A date that has passed means that it can end at any time (RFC 8594 section 3), which is so.
"""
DEFAULT_GUIDE = "/console"


def sunset_headers(window: LegacyWindow | None, guide_url: str = DEFAULT_GUIDE) -> Mapping[str, str]:
    """Return ``Deprecation`` (RFC 9745), ``Sunset`` (RFC 8594) and the ``Link`` to what replaces it."""
    end = window.until if window is not None and window.until is not None else ANNOUNCED_END
    return {
        "Deprecation": f"@{int(DEPRECATED_SINCE.timestamp())}",
        "Sunset": format_datetime(end.astimezone(UTC), usegmt=True),
        "Link": f'<{guide_url}>; rel="deprecation"; type="text/html", <{guide_url}>; rel="sunset"; type="text/html"',
    }
