"""The directory as the vendor's API asks it: the people of the organization, which is the only domain there is.

Owns no table. Groups, machines, robots and applications are in no directory here.
"""
