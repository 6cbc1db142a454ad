"""People: their sign-in, their API password of old, and the roles they hold in tenants and folders."""
