"""Alerts: what people of a tenant should look at, such as a job that faulted, and who has read which.

Owns the alerts. The rooms in which something goes wrong raise them with
:func:`~stagedoor.orchestrator.alerts.service.raise_alert`.
"""
