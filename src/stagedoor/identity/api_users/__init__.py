"""API users, which are no persons, and their access keys: made, rotated, ended, and checked from memory.

What holders narrow from their keys is checked here as well, and has no row. What the words of a key's grant mean is
access's business; whether they make sense is checked before they come here.
"""
