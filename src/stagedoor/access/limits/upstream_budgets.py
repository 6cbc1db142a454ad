"""Which operations an upstream tenant allows so many of in a minute, all callers together.

The vendor's cloud counts requests for lists of jobs and of queue items, and answers 429 beyond. One budget for both:
whether it counts them apart is not said, and counting them together never sends too much.
"""

LIST_OPERATIONS = frozenset({"Jobs_Get", "QueueItems_Get"})
