"""Packages: what can be run, by title and version, with the arguments each takes and gives.

The vendor calls them processes in its paths. Owns the rows of every feed and the files behind them; what a file says
of itself is read by ``package_files``, which feeds there are is known to ``package_feeds``, files come in by
``publishing``, and what runs a package in a folder is a release (``releases``).
"""
