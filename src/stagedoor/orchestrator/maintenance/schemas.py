"""The vendor's words around maintenance."""

from enum import IntEnum

from stagedoor.orchestrator.entity import EnumType

LOGS_MAX = 100


class Phase(IntEnum):
    """How far a maintenance is."""

    NONE = 0
    DRAINING = 1
    SUSPENDED = 2


PHASE = EnumType("MaintenanceState", {"None": Phase.NONE, "Draining": Phase.DRAINING, "Suspended": Phase.SUSPENDED})
