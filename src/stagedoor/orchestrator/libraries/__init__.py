"""Libraries: packages that other packages are built on, in a feed of their own.

They are rows of ``processes`` in another feed; nothing runs them, so that nothing keeps them from being deleted.
"""
