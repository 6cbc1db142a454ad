"""The history of queue items: what the items themselves tell of their lives, and what people did to them.

Adding, taking and ending an item writes no further row: taking is the hottest thing that a queue does. What people
change is written down here.
"""
