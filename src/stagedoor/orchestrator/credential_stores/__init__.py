"""Credential stores: where the secrets of assets and robots are kept.

Each tenant has Stagedoor's own store from the beginning, in which everything really lies; others are remembered and
never asked for anything.
"""
