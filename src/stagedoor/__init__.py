"""Stagedoor: a self-hosted front door for UiPath Orchestrator's API."""

__version__ = "0.1.0"
