"""Remote Orchestrators: how they are reached. Never sees the caller's own secret."""
