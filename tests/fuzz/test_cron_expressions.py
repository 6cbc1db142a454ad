"""Any text is an expression or is refused, and the search for its next moment ends and looks forward."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.schedules.cron import read_cron
from stagedoor.orchestrator.schedules.next_fire import next_fire

_TOKENS = st.sampled_from(
    ["*", "?", "L", "W", "#", "/", "-", ",", "0", "1", "5", "15", "31", "59", "2030", "MON", "FEB"]
)
_NUMBERS = st.integers(0, 59).map(str)
_FIELD = st.one_of(_NUMBERS, st.just("*"), st.lists(_TOKENS, min_size=1, max_size=4).map("".join))
_HOURS = st.sampled_from(["*", "2", "0", "23", "1,2,3", "*/2", "1-3", "22-4", "0/3"])
_DAYS = st.sampled_from(["* * ?", "L * ?", "15W * ?", "? * MON-FRI", "? * 6#3", "? * L", "29 2 ?", "LW 3,10 ?"])
_ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"])
_MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # the zone is given beside


@given(st.one_of(st.text(max_size=40), st.lists(_FIELD, min_size=6, max_size=7).map(" ".join)))
def test_any_text_is_read_or_refused(written: str) -> None:
    try:
        cron = read_cron(written)
    except InvalidRequest:
        return
    found = next_fire(cron, "America/New_York", datetime(2026, 1, 1, tzinfo=UTC))
    assert found is None or found > datetime(2026, 1, 1, tzinfo=UTC)


@given(_NUMBERS, _HOURS, _DAYS, _ZONES, _MOMENTS)
@example("30", "2", "* * ?", "Europe/Berlin", datetime(2026, 10, 25, 0, 45, tzinfo=UTC))
def test_next_moment_is_later_and_none_is_passed_over(
    minute: str, hours: str, days: str, zone: str, after: datetime
) -> None:
    expression = f"0 {minute} {hours} {days}"
    found = next_fire(expression, zone, after)
    assert found is not None
    assert found > after
    # Whatever moment before it one asks from, the answer is the same.
    assert next_fire(expression, zone, after + (found - after) / 2) == found
    assert next_fire(expression, zone, found - timedelta(microseconds=1)) == found
    local = found.astimezone(ZoneInfo(zone))
    just_before = (found - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    has_jumped = local.utcoffset() != just_before.utcoffset()
    assert has_jumped or local.minute == int(minute)
