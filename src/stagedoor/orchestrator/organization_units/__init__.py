"""Organization units: the vendor's old name for folders at the root of the tree, for clients of that time.

Owns no table: a unit is a folder, and its people are those of the folder.
"""
