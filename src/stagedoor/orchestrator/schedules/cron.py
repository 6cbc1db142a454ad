"""Cron expressions with seconds, as the vendor's scheduler reads them.

The fields are seconds, minutes, hours, day of month, month, day of week and, if wanted, year. Names of months and days
are taken in any letter case, ranges may run over the end (``FRI-MON``), and exactly one of the two fields for days is
``?``. Days of the month may be ``L``, ``L-3``, ``LW`` and ``15W``; days of the week ``6L`` and ``6#3``, each standing
alone, with 1 for Sunday.
"""

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from stagedoor.orchestrator.errors import InvalidRequest

EXPRESSION_LENGTH_MAX = 512
YEAR_LEAST = 1970
YEAR_MOST = 2099

_MONTH_WORDS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {word: number for number, word in enumerate(_MONTH_WORDS, start=1)}
_DAYS = {word: number for number, word in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_SATURDAY = 7


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    least: int
    most: int
    words: dict[str, int]


_SECONDS = _Field("seconds", 0, 59, {})
_MINUTES = _Field("minutes", 0, 59, {})
_HOURS = _Field("hours", 0, 23, {})
_DAYS_OF_MONTH = _Field("day of month", 1, 31, {})
_MONTH = _Field("month", 1, 12, _MONTHS)
_DAYS_OF_WEEK = _Field("day of week", 1, 7, _DAYS)
_YEARS = _Field("year", YEAR_LEAST, YEAR_MOST, {})

DaysOf = Callable[[int, int], Sequence[int]]
"""The days of a month (given its year and number) on which something happens, in order."""


@dataclass(frozen=True, slots=True)
class CronExpression:
    """An expression that was read. ``repeats`` tells that its hours are a range or a step, and not single hours."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    years: frozenset[int]
    days_of: DaysOf
    repeats: bool

    def walls_after(self, after: datetime, excluded_dates: frozenset[date]) -> Iterator[datetime]:
        """Yield the times by the clock on the wall that match, later than ``after``, in order, until the year 2099.

        Days in ``excluded_dates`` have none.
        """
        return self._walls(after, excluded_dates, inclusive=False)

    def walls_from(self, start: datetime, excluded_dates: frozenset[date]) -> Iterator[datetime]:
        """Yield the times by the clock on the wall that match, from ``start`` on, which may be one of them."""
        return self._walls(start, excluded_dates, inclusive=True)

    def _walls(self, start: datetime, excluded_dates: frozenset[date], *, inclusive: bool) -> Iterator[datetime]:
        first_day, first_time = start.date(), start.time()
        for day in self._days_from(first_day):
            if day in excluded_dates:
                continue
            for moment in self._times_from(first_time if day == first_day else time.min):
                wall = datetime.combine(day, moment)
                if wall > start or (inclusive and wall == start):
                    yield wall

    def _days_from(self, first: date) -> Iterator[date]:
        for year in range(max(first.year, YEAR_LEAST), YEAR_MOST + 1):
            if year not in self.years:
                continue
            for month in range(first.month if year == first.year else 1, 13):
                if month not in self.months:
                    continue
                for number in self.days_of(year, month):
                    day = date(year, month, number)
                    if day >= first:
                        yield day

    def _times_from(self, first: time) -> Iterator[time]:
        for hour in self.hours[bisect_left(self.hours, first.hour) :]:
            minutes_from = first.minute if hour == first.hour else 0
            for minute in self.minutes[bisect_left(self.minutes, minutes_from) :]:
                is_first = hour == first.hour and minute == first.minute
                seconds_from = first.second if is_first else 0
                for second in self.seconds[bisect_left(self.seconds, seconds_from) :]:
                    yield time(hour, minute, second)


@lru_cache(maxsize=1024)
def read_cron(written: str) -> CronExpression:
    """Read an expression; raises :class:`InvalidRequest` (400/1000) that names the field and what it wants."""
    if len(written) > EXPRESSION_LENGTH_MAX:
        raise _refused(f"it is longer than {EXPRESSION_LENGTH_MAX} characters")
    if not written.isascii():
        raise _refused("it has letters that no cron expression has")
    fields = written.upper().split()
    if len(fields) not in (6, 7):
        raise _refused(f"it has {len(fields)} fields instead of 6 or 7 (seconds first, year last)")
    seconds, minutes, hours, days, months, weekdays = fields[:6]
    return CronExpression(
        seconds=_in_order(seconds, _SECONDS),
        minutes=_in_order(minutes, _MINUTES),
        hours=_in_order(hours, _HOURS),
        months=_read_list(months, _MONTH),
        years=_read_list(fields[6] if len(fields) == 7 else "*", _YEARS),
        days_of=_read_days(days, weekdays),
        repeats=any(sign in hours for sign in "*-/"),
    )


def _read_days(days: str, weekdays: str) -> DaysOf:
    if (days == "?") == (weekdays == "?"):
        raise _refused("one of day of month and day of week has to be ?, and the other one not")
    return _read_weekdays(weekdays) if days == "?" else _read_days_of_month(days)


def _read_days_of_month(written: str) -> DaysOf:
    if match := re.fullmatch(r"L(?:-([0-9]{1,2}))?(W)?", written):
        back = int(match[1] or 0)
        if back > 30:
            raise _refused("day of month may go back by 30 days from the last one")
        return _last_day(back, nearest_weekday=match[2] is not None)
    if match := re.fullmatch(r"([0-9]{1,2})W", written):
        return _nearest_weekday(_number(match[1], _DAYS_OF_MONTH))
    chosen = sorted(_read_list(written, _DAYS_OF_MONTH))
    return lambda year, month: [day for day in chosen if day <= _length(year, month)]


def _read_weekdays(written: str) -> DaysOf:
    if written == "L":
        chosen = frozenset({_SATURDAY})
    elif match := re.fullmatch(r"([0-9A-Z]{1,3})L", written):
        return _last_weekday(_number(match[1], _DAYS_OF_WEEK))
    elif match := re.fullmatch(r"([0-9A-Z]{1,3})#([0-9])", written):
        return _nth_weekday(_number(match[1], _DAYS_OF_WEEK), int(match[2]))
    else:
        chosen = _read_list(written, _DAYS_OF_WEEK)

    def days(year: int, month: int) -> Sequence[int]:
        return [day for day in range(1, _length(year, month) + 1) if _weekday(year, month, day) in chosen]

    return days


def _last_day(back: int, *, nearest_weekday: bool) -> DaysOf:
    def days(year: int, month: int) -> Sequence[int]:
        day = _length(year, month) - back
        if day < 1:
            return ()
        return (_to_weekday(year, month, day) if nearest_weekday else day,)

    return days


def _nearest_weekday(day: int) -> DaysOf:
    return lambda year, month: (_to_weekday(year, month, day),) if day <= _length(year, month) else ()


def _last_weekday(weekday: int) -> DaysOf:
    def days(year: int, month: int) -> Sequence[int]:
        last = _length(year, month)
        return (last - (_weekday(year, month, last) - weekday) % 7,)

    return days


def _nth_weekday(weekday: int, nth: int) -> DaysOf:
    if not 1 <= nth <= 5:
        raise _refused("day of week has 1 to 5 after #")

    def days(year: int, month: int) -> Sequence[int]:
        day = 1 + (weekday - _weekday(year, month, 1)) % 7 + 7 * (nth - 1)
        return (day,) if day <= _length(year, month) else ()

    return days


def _to_weekday(year: int, month: int, day: int) -> int:
    # Never out of the month: Saturday the 1st gives Monday the 3rd, and a last Sunday the Friday before.
    match _weekday(year, month, day):
        case 7:
            return day - 1 if day > 1 else day + 2
        case 1:
            return day + 1 if day < _length(year, month) else day - 2
        case _:
            return day


def _weekday(year: int, month: int, day: int) -> int:
    return date(year, month, day).isoweekday() % 7 + 1


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def _in_order(written: str, field: _Field) -> tuple[int, ...]:
    return tuple(sorted(_read_list(written, field)))


def _read_list(written: str, field: _Field) -> frozenset[int]:
    return frozenset(number for part in written.split(",") for number in _read_part(part, field))


def _read_part(part: str, field: _Field) -> Sequence[int]:
    base, slash, step_written = part.partition("/")
    step = 1
    if slash:
        # No step reaches further than the field itself.
        most = field.most - field.least + 1 if field is _YEARS else field.most
        step = int(step_written) if re.fullmatch("[0-9]{1,4}", step_written) else 0
        if not 1 <= step <= most:
            raise _refused(f"{field.name} has a step from 1 to {most} after /")
    if base == "*" or (slash and not base):
        return range(field.least, field.most + 1, step)
    first_written, dash, last_written = base.partition("-")
    first = _number(first_written, field)
    if not dash:
        return range(first, field.most + 1, step) if slash else (first,)
    last = _number(last_written, field)
    if last >= first:
        return range(first, last + 1, step)
    if field is _YEARS:
        raise _refused("year has a range that runs backwards")
    span = field.most - field.least + 1
    return [field.least + (number - field.least) % span for number in range(first, last + span + 1, step)]


def _number(written: str, field: _Field) -> int:
    number = field.words.get(written)
    if number is None and re.fullmatch("[0-9]{1,4}", written):
        number = int(written)
    if number is None or not field.least <= number <= field.most:
        raise _refused(f"{field.name} is a number from {field.least} to {field.most}, or a form of it that cron knows")
    return number


def _refused(why: str) -> InvalidRequest:
    return InvalidRequest(
        f"The cron expression is not valid: {why}.",
        hint="Write seconds minutes hours day-of-month month day-of-week [year], such as 0 0 9 ? * MON-FRI.",
        details={"field": "Cron"},
    )
