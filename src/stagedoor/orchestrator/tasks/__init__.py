"""Tasks: what waits for a person. One table for every type and one life: unassigned, pending, completed.

Owns the tasks with whom they are assigned to, their notes and their history, and everything that is done to them
whatever their type. ``generic_tasks``, ``task_forms`` and ``app_tasks`` are the ways in that the vendor has for each
type, ``task_notes`` and ``task_activities`` show what happened; ``task_catalogs`` sorts them.
"""
