"""Access keys for those who hand them out: made, previewed, limited, rotated and ended, never wider than their maker.

Their holders narrow them here.
"""
