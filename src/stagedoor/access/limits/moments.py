"""Moments as whole nanoseconds since the epoch, in which everything here is reckoned."""

from datetime import datetime


def nanoseconds_of(moment: datetime) -> int:
    """Return the nanoseconds from the epoch to a moment, which knows microseconds."""
    # A float of today's seconds is exact to a quarter of a microsecond, so that rounding finds the right one.
    return round(moment.timestamp() * 1_000_000) * 1000
