"""OAuth clients: external applications that organizations register, and the public clients that are always there.

Knows which redirects, scopes and secrets a client has. What a client is given for them is the business of ``grants``.
"""
