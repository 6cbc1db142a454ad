"""Basic authentication of old, behind a window with an end: who may still use it, its tokens, and who did use it.

Everything here is to be removed one day: when ``legacy_uses`` has been quiet since the end of every organization's
window, the room and its authenticator go, and nothing else changes.
"""
