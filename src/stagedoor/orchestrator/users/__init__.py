"""Users as the Orchestrator's own API tells them: who the caller is.

People and their passwords are identity's; this room shows the caller it was handed, and its personal workspace.
"""
