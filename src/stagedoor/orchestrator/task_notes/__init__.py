"""Notes on tasks: what people remarked, in order."""
