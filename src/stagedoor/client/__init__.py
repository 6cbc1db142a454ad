"""Stagedoor for Python programs: a synchronous client and its async twin, importable without the server."""
