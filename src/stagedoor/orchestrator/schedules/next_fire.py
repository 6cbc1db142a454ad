"""The next moment at which a cron expression fires in a time zone.

Where clocks go back, a time that comes twice fires once, at its first coming; where they go forward, a time that is
left out fires when the clocks have jumped. An expression whose hours are a range or a step (every hour, every second
hour) goes by what is on the wall: twice where the hour comes twice, not at all where there is none.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from stagedoor.orchestrator.schedules.cron import YEAR_LEAST, YEAR_MOST, CronExpression, read_cron
from stagedoor.orchestrator.schedules.time_zones import TimeZone, get_time_zone

_FOLD_MAX = timedelta(hours=3)
_SECOND = timedelta(seconds=1)
_WALLS_MAX = 100_000
"""More matching times than any day has seconds, so that a search ends whatever a zone's rules are."""


def next_fire(
    expression: str | CronExpression,
    time_zone: str,
    after: datetime,
    excluded_dates: Collection[date] = (),
) -> datetime | None:
    """Return the first moment later than ``after``, in UTC, or ``None`` if there is none until the end of 2099.

    ``time_zone`` is an IANA or a Windows name. ``excluded_dates`` are days in that zone on which nothing fires. Raises
    :class:`~stagedoor.orchestrator.errors.InvalidRequest` (400/1000) for an expression or a zone that is none. The
    search is bounded: it costs less than some milliseconds, whatever the expression.
    """
    cron = read_cron(expression) if isinstance(expression, str) else expression
    zone = get_time_zone(time_zone)
    if after.year > YEAR_MOST:
        return None
    after = max(after.astimezone(UTC), datetime(YEAR_LEAST, 1, 2, tzinfo=UTC))
    excluded = frozenset(excluded_dates)
    return _next_repeating(cron, zone, after, excluded) if cron.repeats else _next_fixed(cron, zone, after, excluded)


def _next_fixed(cron: CronExpression, zone: TimeZone, after: datetime, excluded: frozenset[date]) -> datetime | None:
    # The moments of later walls are never earlier, so the first one that is later than ``after`` is the next.
    for wall in islice(cron.walls_after(_wall(after, zone), excluded), _WALLS_MAX):
        moment = _moment(wall, zone)
        if _wall(moment, zone) != wall:
            moment = _end_of_gap(wall, zone)
        if moment > after:
            return moment
    return None


def _next_repeating(
    cron: CronExpression, zone: TimeZone, after: datetime, excluded: frozenset[date]
) -> datetime | None:
    found = None
    for wall in islice(cron.walls_after(_wall(after, zone), excluded), _WALLS_MAX):
        moments = (_moment(wall, zone), _moment(wall, zone, fold=1))
        later = [moment for moment in moments if moment > after and _wall(moment, zone) == wall]
        if later:
            found = min(later)
            break
    until = after + _FOLD_MAX if found is None else min(found, after + _FOLD_MAX)
    if _offset(until, zone) >= _offset(after, zone):
        return found
    # Clocks go back before that: what was on the wall already comes once more.
    turn = _change_between(after, until, zone)
    again = next(cron.walls_from(_wall(turn, zone), excluded), None)
    second = None if again is None else _moment(again, zone, fold=1)
    if second is None or second <= after:
        return found
    return second if found is None else min(found, second)


def _end_of_gap(wall: datetime, zone: TimeZone) -> datetime:
    return _change_between(_moment(wall, zone, fold=1), _moment(wall, zone), zone)


def _change_between(before: datetime, behind: datetime, zone: TimeZone) -> datetime:
    """Return the first whole second after ``before`` at which the zone's offset is another one."""
    offset = _offset(before, zone)
    low, high = before.replace(microsecond=0), behind.replace(microsecond=0)
    while high - low > _SECOND:
        middle = low + ((high - low) // _SECOND // 2) * _SECOND
        if _offset(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high


def _wall(moment: datetime, zone: TimeZone) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _moment(wall: datetime, zone: TimeZone, *, fold: int = 0) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _offset(moment: datetime, zone: TimeZone) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
