"""File addresses: the way in and out of files by addresses that are good for a while and need no other credential.

Owns the permit that such an address carries (what, how, until when, signed) and the traffic behind it. What a permit
leads to belongs to the rooms that keep files: each offers a ``FileRoom``.
"""
