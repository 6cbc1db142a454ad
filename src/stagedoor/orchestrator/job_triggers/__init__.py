"""Job triggers: what a suspended job waits for before it goes on.

A job that its script suspends waits at an inbox of its own; a payload that is delivered there resumes it.
"""
