"""People in folders: who works in one by which roles, and in which folders somebody works.

A role in a folder is identity's and counts in the folder's subtree; giving and taking goes through ``Call.people``.
Owns the table of those who were put into a folder, so that somebody without a role there is shown, too.
"""
