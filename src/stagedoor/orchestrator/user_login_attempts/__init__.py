"""Sign-ins of users, as the vendor's API lists them.

They are read from the audit, which records what identity did; owns no table.
"""
