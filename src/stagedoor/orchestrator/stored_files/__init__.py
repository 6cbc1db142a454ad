"""Stored files: which file of the server belongs to which tenant, for every room that keeps files.

A room keeps a file with :func:`~stagedoor.orchestrator.stored_files.service.keep`, names it in a row of its own, and
releases it when that row goes. What nobody holds is swept by a duty, an hour later.
"""
