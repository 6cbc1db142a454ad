"""Settings: what a tenant's Orchestrator tells its clients about itself, and the values that were set on it."""
