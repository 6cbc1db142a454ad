"""Where do I belong: the organization and tenants of a caller, in the answers of 2019 and in today's.

Who is calling is found out by ``authenticators``, what there is by ``organizations``; this room joins the two.
"""
