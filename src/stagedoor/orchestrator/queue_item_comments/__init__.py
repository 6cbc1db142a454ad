"""Comments that people write on queue items."""
