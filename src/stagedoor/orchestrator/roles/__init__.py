"""Roles as the vendor's API shows them: what each may do, and who holds it in the whole tenant.

Which roles there are and what they hold is the catalogue's (``catalog.roles``), the same for every tenant; who holds
them is identity's. Owns no table. What changes who holds a role goes through ``Call.people``.
"""
