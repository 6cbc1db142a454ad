"""Audit logs: who changed what in a tenant's Orchestrator, as the vendor shows it.

Owns the rows, which are written with each change itself (``recording.py``), and their lists and exports. Stagedoor's
own audit of every request, with refusals and reads, is another one: ``stagedoor.audit``.
"""
