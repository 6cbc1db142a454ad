"""The tail of the audit log, for administrators of the organization that it is about."""
