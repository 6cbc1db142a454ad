"""Publishing: package files come in, are checked, kept and listed, and what follows a package moves on to them.

Joins ``package_files`` (what a file says), ``processes`` (the rows) and ``releases`` (what runs where), which know
nothing of one another's files.
"""
