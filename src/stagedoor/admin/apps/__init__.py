"""External applications: the OAuth clients of an organization, registered and ended by its administrators."""
