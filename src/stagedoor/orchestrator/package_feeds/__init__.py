"""Package feeds: where packages lie, and who sees them.

A tenant has one feed of processes and one of libraries. A folder that was made with a feed of its own, or is somebody's
personal workspace, has a feed beside them, and its sub-folders use it too. Feeds follow from tenants and folders, so
that there is no table of them: a tenant's feed has the tenant's key, a folder's feed the folder's.
"""
