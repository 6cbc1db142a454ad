"""Test cases: what packages bring along that can be run as a test.

Owns the definitions and in which versions of a package each is. They follow from the packages and are written down when
somebody looks; nobody makes one.
"""
