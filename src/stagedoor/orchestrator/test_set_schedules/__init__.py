"""Schedules of test sets: when each runs by itself.

Owns the schedules and their firing; when the next moment is, ``schedules`` knows.
"""
