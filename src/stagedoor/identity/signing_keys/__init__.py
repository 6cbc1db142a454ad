"""The keys that sign tokens: made when first needed, sealed at rest, rotated with an overlap, published as JWKS.

Knows nothing of tokens beyond how long the longest one lives.
"""
