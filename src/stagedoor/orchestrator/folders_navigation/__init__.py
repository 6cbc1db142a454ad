"""How people and scripts find their way through the tree: the folders within reach, searched, paged or level by level.

Reads the tree of ``folders`` and owns nothing.
"""
