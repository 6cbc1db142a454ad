"""Refusals of a tenant under maintenance."""

from stagedoor.orchestrator.errors import Conflict


class UnderMaintenance(Conflict):
    """The tenant drains or is suspended: jobs end there and none begins."""

    code = "under_maintenance"
    public = "The tenant is under maintenance, and no job can be started."
    hint = "Wait for its end: POST /api/Maintenance/End."
