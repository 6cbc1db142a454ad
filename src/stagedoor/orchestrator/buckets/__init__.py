"""Buckets: named stores of files, by path, and the folders that see each of them.

Owns the buckets, what lies in them (``entries``: files, and the directories that their paths make) and what their
addresses lead to. Where the bytes are kept is ``kit.files``; who may use an address is ``file_addresses``.
"""
