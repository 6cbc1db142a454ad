"""Writes that bear an ``Idempotency-Key``: which keys were used, for what, and what was answered.

It owns the table of used keys and what is answered to a key that comes again; how a write is carried stays with the
gateway.
"""
