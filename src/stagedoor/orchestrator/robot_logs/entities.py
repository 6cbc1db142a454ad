"""How a log line looks in the vendor's API."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.robot_logs.models import RobotLog
from stagedoor.orchestrator.robot_logs.schemas import LOG_LEVEL
from stagedoor.orchestrator.robots.schemas import ROBOT_TYPE

ROBOT_LOG = EntityType(
    "LogDto",
    RobotLog,
    (
        Property("Level", LOG_LEVEL, RobotLog.level, nullable=False, writable=False),
        Property("WindowsIdentity", EdmType.STRING, RobotLog.windows_identity, writable=False),
        Property("ProcessName", EdmType.STRING, RobotLog.process_name, writable=False),
        Property("TimeStamp", EdmType.DATE_TIME_OFFSET, RobotLog.time_stamp, nullable=False, writable=False),
        Property("Message", EdmType.STRING, RobotLog.message, writable=False),
        Property("JobKey", EdmType.GUID, RobotLog.job_key, writable=False),
        Property("RawMessage", EdmType.STRING, RobotLog.raw_message, filterable=False, writable=False),
        Property("RobotName", EdmType.STRING, RobotLog.robot_name, writable=False),
        Property("HostMachineName", EdmType.STRING, RobotLog.host_machine_name, writable=False),
        Property("MachineId", EdmType.INT64, RobotLog.machine_id, writable=False),
        Property("MachineKey", EdmType.GUID, RobotLog.machine_key, writable=False),
        Property("RuntimeType", ROBOT_TYPE, RobotLog.runtime_type, writable=False),
        Property("Id", EdmType.INT64, RobotLog.id, nullable=False, writable=False),
    ),
)

ROBOT_LOGS = EntitySet("RobotLogs", ROBOT_LOG, counts_always=False, newest_first=True, first_by=(RobotLog.time_stamp,))
