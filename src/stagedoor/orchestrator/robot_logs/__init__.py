"""Robot logs: the lines that robots write while they run jobs, by folder.

Owns the lines: those that robots send, and those that scripted robots write (``jobs`` says when).
"""
