"""Queue definitions: the queues themselves, by name, with their rules for retries, references and deadlines.

Owns the queues and the folders each is seen in. What stands in them is ``queue_items``; taking an item out and giving
its result back is ``queues``.
"""
