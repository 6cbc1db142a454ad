"""Where an allowed request goes: the embedded Orchestrator or a remote one."""
