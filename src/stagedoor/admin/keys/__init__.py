"""Access keys for those who hand them out: made, previewed, rotated and ended, never wider than their maker."""
