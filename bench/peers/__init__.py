"""Other gateways that can check a key and a path, each set up as its own documentation advises.

Owns their configurations, the rules that all of them are given, and the proof that each really keeps to those rules
before anything about it is timed. Which of them are compared, and how, is said in ``bench.rows.peers``.
"""
