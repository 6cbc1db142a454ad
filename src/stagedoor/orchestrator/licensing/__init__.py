"""Licences: units that callers acquire and release, runtimes of machines and named users.

Nothing is ever refused for want of a licence; what is held is counted, so that what counts licences can be tested.
"""
