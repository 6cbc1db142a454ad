"""A Stagedoor for tests: a server whose data, time, chance and faults the test decides.

``pytest`` finds it by itself, in the test's own process, as the fixture ``stagedoor``; tests in other languages start
one by ``stagedoor testing up`` and tell it the same over HTTP. See ``docs/guides/testing-your-automation.md``.

Nothing in the server proper imports what makes it fail, so that no server but one started from here can be told to.
"""
