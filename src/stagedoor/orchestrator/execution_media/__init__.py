"""Execution media: recordings of what a robot's screen showed during a job."""
