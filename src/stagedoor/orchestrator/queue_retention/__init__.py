"""How long the items of a queue are kept once they ended, or were never taken."""
