"""Attachments of jobs: which attachment belongs to which job, and as what.

The vendor's Python library asks for this; the vendor's document does not name it.
"""
