"""The budgets of the design, measured: ``make bench``, or ``python -m bench ROW…`` for single rows.

Owns the load, the upstream that it runs against and the table that is printed; measures Stagedoor from outside
wherever that is possible. Nothing here is a test: a missed budget is reported, and fails nothing.
"""
