"""Whether the embedded Orchestrator serves, which version of the vendor's it stands for, and what first runs ask."""
