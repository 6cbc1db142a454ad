"""How identity's requests are read and its answers written: strict forms, RFC 6749 errors, pages with a strict policy.

Knows the shapes on the wire and nothing of clients, people or tokens.
"""
