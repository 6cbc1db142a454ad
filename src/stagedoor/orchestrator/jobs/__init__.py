"""Jobs: runs of a release, started, listed, stopped, restarted and resumed; moved by scripted robots.

Owns the rows and what is done to them. What comes next for a job is decided by ``scripted_robots``; it is written down
when somebody looks (``due.py``).
"""
