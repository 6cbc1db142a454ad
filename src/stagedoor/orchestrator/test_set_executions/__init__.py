"""Runs of test sets: one execution a case, each carried out by a job as any process is.

Owns the executions, their assertions and attachments. What becomes of a case follows from its job and is written down
when somebody looks (``progress.py``).
"""
