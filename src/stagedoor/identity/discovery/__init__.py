"""Publishes what programs need to know of this identity: the OpenID document and the keys (RFC 8414, RFC 7517)."""
