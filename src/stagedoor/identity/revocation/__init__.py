"""Ends tokens before their time, on the wish of the client that holds them (RFC 7009)."""
