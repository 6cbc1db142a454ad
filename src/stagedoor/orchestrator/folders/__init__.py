"""Folders: the tree that jobs, queues, assets and processes live in, and the index of it that the door reads.

Owns the tree, its names and its paths. Which folders a caller may enter is judged by access; rooms are told through
``Call.reach`` and ``Call.folder``.
"""
