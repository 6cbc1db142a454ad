"""Who a caller is here, and what its credential may do, in words and in operations."""
