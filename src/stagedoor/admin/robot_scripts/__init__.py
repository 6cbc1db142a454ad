"""Scripts of scripted robots: which processes' jobs end how in the embedded Orchestrator, seen and changed."""
