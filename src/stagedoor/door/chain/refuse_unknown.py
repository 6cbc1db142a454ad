"""The way of a path that leads nowhere."""

from stagedoor.door.refusals import PathUnknown
from stagedoor.door.visit import Visit


def refuse_unknown(visit: Visit) -> None:
    """Refuse: nothing in the house answers on this path."""
    raise PathUnknown
