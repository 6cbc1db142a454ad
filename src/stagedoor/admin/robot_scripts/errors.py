"""What is refused of robot scripts.

::

    RealRobotsThere   409  the tenant's jobs run in an Orchestrator elsewhere
"""

from stagedoor.kit.errors import StagedoorError


class RealRobotsThere(StagedoorError):
    """The tenant is sent to a remote Orchestrator, whose robots follow no script of ours."""

    code = "real_robots_there"
    status = 409
    public = "This tenant's jobs run in an Orchestrator elsewhere, whose robots follow no script."
    hint = "Write scripts for a tenant of the embedded Orchestrator; `stagedoor tenants` says which those are."
