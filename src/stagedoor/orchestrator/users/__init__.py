"""Users of a tenant as the vendor's API shows them, and who the caller is.

People, their passwords and the roles that they hold are identity's, and are changed through ``Call.people``. Owns the
table of what the vendor keeps of a user besides: that they belong to the tenant, and which kinds of sessions they may
have, which the embedded Orchestrator keeps and shows, and which opens nothing.
"""
