"""Upstream tokens: what remote Orchestrators are called with, renewed ahead of time and by one at a time."""
