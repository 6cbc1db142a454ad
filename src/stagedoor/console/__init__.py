"""The console: the pages on which people make keys, see who does what, and look around.

A visitor like any other: it reaches the house through ``stagedoor.client`` alone, with the token of whoever is signed
in, so a page can never do what its reader may not. ``app.py`` lists the pages, ``visit.py`` is what each of them is
given, ``templates/`` how they look.
"""
