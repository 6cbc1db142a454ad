"""Who is calling: takes the one credential out of a request's head and asks each authenticator in turn.

An authenticator answers ``None`` for "not mine" and raises for "mine but bad"; what nobody claims is refused. All of
it runs in memory. What the caller may do is access's business.
"""
