"""The token endpoint: what a client gives and what it gets for it, one grant a file.

Authlib walks the steps of RFC 6749; what it leaves open or too lenient is closed here: PKCE, codes that end what they
gave when they come twice, refresh tokens in families, scopes by the vendor's rules. Also what a client may ask for at
the authorize endpoint, because a code is asked for there and given here.
"""
