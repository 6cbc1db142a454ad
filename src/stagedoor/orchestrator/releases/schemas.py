"""The words of releases that the vendor numbers."""

from stagedoor.orchestrator.entity import EnumType

JOB_PRIORITY = EnumType("JobPriority", {"Low": 0, "Normal": 1, "High": 2})
ROBOT_SIZE = EnumType("RobotSize", {"Small": 0, "Standard": 1, "Medium": 2, "Large": 3})
REMOTE_CONTROL_ACCESS = EnumType("RemoteControlAccess", {"None": 0, "ReadOnly": 1, "Full": 2})
