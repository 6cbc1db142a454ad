"""The embedded Orchestrator: the vendor's operations over our own store.

It never judges the caller; whoever reaches it was allowed to. It filters lists to the folders it is told
(``Call.reach``) and answers what it does not build with 501, by name.
"""
