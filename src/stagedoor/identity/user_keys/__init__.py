"""User keys ("API Access" of 2019 to 2025): refresh tokens that people copy from a screen into a script."""
