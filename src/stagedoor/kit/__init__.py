"""Tools without business words: settings, storage, time, chance, secrets and the base of all errors.

Everything above may import from here; nothing here imports from above.
"""
