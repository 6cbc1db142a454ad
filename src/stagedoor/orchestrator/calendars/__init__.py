"""Calendars: days of a tenant on which triggers that use one do not fire.

Owns the days. Triggers notice by the calendar's revision that it is another one now, and plan anew.
"""
