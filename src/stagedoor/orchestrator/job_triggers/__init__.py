"""Job triggers: what a suspended job waits for before it goes on.

A job that its script suspends waits at an inbox of its own, and for the tasks that name it; one in the hands of a real
robot waits for what its program named: a task, a job, a time, an inbox. Owns the waits and what a program remembers.
"""
