"""What happened: one row for each request, append only, on chains of keyed hashes so that a change shows.

Owns the rows and the chains, and how they are redacted, verified and, after their time, pruned. Imports none of the
rooms that it writes about.
"""
