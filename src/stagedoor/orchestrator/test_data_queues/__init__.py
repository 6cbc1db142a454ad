"""Test data queues: rows of data for tests, each used once.

Owns the queues, their items and the taking of them, which gives an item to one taker alone. Their items are no queue
items: they have no states and no retries, only used or not.
"""
