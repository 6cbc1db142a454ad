"""Environments: groups of a folder's robots, from the time before robots were given to folders.

The vendor's document knows them no longer; old clients and scripts still list, make and fill them. Owns the groups and
who is in them; nothing else follows from a group here.
"""
