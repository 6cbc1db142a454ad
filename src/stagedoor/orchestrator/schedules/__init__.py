"""Schedules: when something that is told by a cron expression happens next.

Owns the reading of cron expressions as the vendor's scheduler (Quartz) writes them, the names of time zones, and the
search for the next moment. It stores nothing; triggers of every kind stand on it.
"""

from stagedoor.orchestrator.schedules.cron import CronExpression, read_cron
from stagedoor.orchestrator.schedules.next_fire import next_fire
from stagedoor.orchestrator.schedules.time_zones import TimeZone, get_time_zone

__all__ = ["CronExpression", "TimeZone", "get_time_zone", "next_fire", "read_cron"]
