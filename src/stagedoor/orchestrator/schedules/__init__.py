"""Schedules: when something that is told by a cron expression happens next.

Owns the reading of cron expressions as the vendor's scheduler (Quartz) writes them, the names of time zones, and the
search for the next moment. It stores nothing; triggers of every kind stand on it.
"""
