"""The command line, ``stagedoor``: a visitor like any other, which also serves and, on the server's machine, governs.

It must start at once: nothing here imports the client, a keyring, rich or the server before a command needs it.
"""
