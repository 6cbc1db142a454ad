"""Personal workspaces: folders of the kind Personal, each with its owner, and who explores them.

The folders themselves are those of ``folders``; owned here is who is exploring which of them.
"""
