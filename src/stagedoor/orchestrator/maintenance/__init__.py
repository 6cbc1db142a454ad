"""Maintenance: the time in which a tenant's Orchestrator winds down and begins no job."""
