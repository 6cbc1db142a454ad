"""People: made, changed and given passwords and roles by the administrators of their organization."""
