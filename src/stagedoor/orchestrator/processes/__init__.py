"""Packages: what can be run, by title and version, with the arguments each takes and gives.

The vendor calls them processes in its paths. Owns the rows of the tenant's feed; what runs them in a folder is a
release (``releases``).
"""
