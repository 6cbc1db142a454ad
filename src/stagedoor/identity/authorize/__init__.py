"""The part of OAuth that people see: the authorize endpoint, the sign-in page and its session, and consent.

Decides what a browser is shown or where it is sent; what a client may ask for is judged by ``grants``.
"""
