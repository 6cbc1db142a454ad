"""Tells a client about the person who signed in, as far as its scopes go (OpenID Connect Core section 5.3)."""
