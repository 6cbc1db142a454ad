"""The history of tasks: what happened to each, by whom and when."""
