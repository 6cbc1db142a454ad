"""The words of sessions that the vendor numbers."""

from stagedoor.orchestrator.entity import EnumType

SESSION_STATE = EnumType("RobotSessionState", {"Available": 0, "Busy": 1, "Disconnected": 2, "Unknown": 3})
MAINTENANCE_MODE = EnumType("MaintenanceMode", {"Default": 0, "Enabled": 1})
PLATFORM = EnumType("Platform", {"Unknown": 0, "Windows": 1, "Linux": 2, "OSX": 3})
ROBOT_SESSION_TYPE = EnumType("RobotSessionType", {"LongLived": 0, "Ephemeral": 1})
