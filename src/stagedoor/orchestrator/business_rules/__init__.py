"""Business rules: decision models (DMN files) by name, in versions, and the folders that see each.

Nothing here evaluates a rule; whoever runs one downloads the version it wants.
"""
