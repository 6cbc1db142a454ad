"""Personal access tokens: opaque, named, ending, and never worth more than their owner and their scopes.

Which scopes there are is the business of ``oauth_clients``; what they open is access's.
"""
