"""The tenants that a caller may enter, and where each tenant's requests go."""
