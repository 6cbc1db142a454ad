"""Moments as whole nanoseconds since the epoch, in which everything here is reckoned."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def nanoseconds_of(moment: datetime) -> int:
    """Return the nanoseconds from the epoch to a moment, without the rounding of a float."""
    return (moment - _EPOCH) // _MICROSECOND * 1000
