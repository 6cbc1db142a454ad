"""Machines: where robots run, by name, with licence slots and the folders each is assigned to.

Owns the client secrets, too, with which a machine's robots sign in.
"""
