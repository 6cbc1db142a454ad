"""Test sets: which test cases of which packages are run together, and with what input.

Owns the sets, their cases and their arguments. Running one is ``test_set_executions``'.
"""
