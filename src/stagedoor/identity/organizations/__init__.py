"""Organizations and their tenants: who there is, by logical name or id. Does not know who may enter."""
