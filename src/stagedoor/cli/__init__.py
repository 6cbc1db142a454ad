"""The command line, stagedoor."""
