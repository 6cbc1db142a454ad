"""Tenants as the vendor's API shows them: a caller sees the one that it stands in.

Tenants are identity's; owns no table.
"""
