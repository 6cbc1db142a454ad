"""The folders of a tenant, as far as the caller's grant speaks of them."""
