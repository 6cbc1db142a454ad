"""Sessions: which robot is connected from which machine, and whether it is busy."""
