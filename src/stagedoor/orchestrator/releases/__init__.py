"""Releases: a package at one version, made runnable in one folder under a name of its own; people call it a process.

Jobs are started by a release's name or key.
"""
