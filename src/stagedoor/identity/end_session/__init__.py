"""Ends a browser's session on the wish of a client (OpenID Connect RP-Initiated Logout 1.0)."""
