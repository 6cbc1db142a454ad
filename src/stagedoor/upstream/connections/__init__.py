"""Connections: how each remote Orchestrator is reached and signed in to. Does not sign in itself."""
