"""Queue items: what stands in the queues, to be listed, edited, deleted and reviewed.

Owns the rows. Adding items, taking the next one and giving its result back is ``queues``.
"""
