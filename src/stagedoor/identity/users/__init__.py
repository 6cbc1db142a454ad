"""People: their sign-in, their API password of old, and the roles they hold in tenants and folders.

Owns the roles, too, that tenants made for themselves; the others are the catalogue's.
"""
