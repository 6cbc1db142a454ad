"""Webhooks: who wants to hear of what happens in a tenant, and the delivery of what did.

Owns the subscriptions, the events that wait to be delivered and the duty that delivers them. What counts as an event
is decided by the rooms, which announce it through :mod:`stagedoor.orchestrator.events`.
"""
