"""Attachments: single files of a folder, each with a key, for jobs and queue items to point at.

Owns the attachments and what their addresses lead to. Which job has which of them is ``job_attachments``.
"""
