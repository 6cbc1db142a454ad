"""What machines refuse."""

from stagedoor.orchestrator.errors import Conflict


class MachineInUse(Conflict):
    """A robot still runs on the machine."""

    code = "machine_in_use"
    public = "The machine cannot be deleted while a robot is bound to it."
    hint = "Delete the robots that Robots_Get shows with this MachineId, then try again."
