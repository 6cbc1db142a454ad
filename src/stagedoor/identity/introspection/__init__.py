"""Tells a confidential client whether a token of its organization is good, and for whom (RFC 7662)."""
