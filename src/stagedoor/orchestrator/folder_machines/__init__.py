"""Machines seen from folders: which may run in one, where that comes from, and what moving a folder would change.

Owns no table; machines and their assignments are the room of machines'.
"""
