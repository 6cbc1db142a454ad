"""Queues at work: items are added, the next one is given to exactly one taker, its result comes back.

Owns the ways between an item's states. The queues themselves are ``queue_definitions``, the rows ``queue_items``.
"""
