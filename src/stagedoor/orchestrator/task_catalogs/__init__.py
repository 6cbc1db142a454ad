"""Task catalogues: what sorts tasks, by name, seen in one folder or in several.

Owns the catalogues and the folders each is seen in. The tasks are ``tasks``; how long they are kept is
``task_retention``.
"""
