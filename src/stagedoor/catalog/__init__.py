"""The vendor's operations as one table of facts, and the way from a request's path to one row of it.

Read by access (what may be granted), by the embedded Orchestrator (what to carry out), by the client and command line
(what can be called) and by the documentation. It knows nothing of callers, tenants or stores.
"""

from stagedoor.catalog.matcher import CATALOG

__all__ = ["CATALOG"]
