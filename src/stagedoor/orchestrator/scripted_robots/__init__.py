"""Scripted robots: what becomes of a job, decided by a script, on a clock.

There is no robot and no thread. A script says how long a job waits and runs and how it ends; the jobs' room asks for
the next move when somebody looks. Owns the scripts, the rules that choose one, and a job's states.
"""
