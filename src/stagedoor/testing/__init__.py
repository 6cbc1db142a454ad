"""A Stagedoor for tests: a server in the test's own process whose data, time, chance and faults the test decides.

``pytest`` finds it by itself, as the fixture ``stagedoor``; see ``docs/guides/testing-your-automation.md``. Nothing in
the server proper imports this package, so that no server but one started from here can be told to fail.
"""
