"""Maintenance: the time in which a tenant's Orchestrator winds down, and what was done to its jobs meanwhile."""
