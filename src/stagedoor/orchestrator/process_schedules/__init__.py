"""Process schedules: triggers that start jobs at times told by a cron expression, or when a queue has items.

Owns the triggers and the firing of them. Jobs are made as by a request to start them (``jobs``); when an expression
comes is told by ``schedules``.
"""
