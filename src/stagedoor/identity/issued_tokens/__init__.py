"""Tokens that this house gave out: what they say, how they are verified, how they end, and what they are worth.

Owns access tokens (JWT), id tokens, refresh tokens and their families, and the one mapping from a credential to a
:class:`~stagedoor.passage.Caller`. How a token is asked for is the business of ``grants`` and ``authorize``.
"""
