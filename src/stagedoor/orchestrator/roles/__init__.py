"""Roles as the vendor's API shows them: what each may do, and who holds it in the whole tenant.

Roles are the catalogue's (``catalog.roles``), the same for every tenant, and those that a tenant made for itself; these
and who holds which are identity's. Owns no table. What changes roles and who holds them goes through ``Call.people``.
"""
