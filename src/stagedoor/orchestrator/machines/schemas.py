"""The words of machines that the vendor numbers."""

from stagedoor.orchestrator.entity import EnumType

MACHINE_TYPE = EnumType("MachineType", {"Standard": 0, "Template": 1})
MACHINE_SCOPE = EnumType(
    "MachineScope",
    {
        "Default": 0,
        "Shared": 1,
        "PersonalWorkspace": 2,
        "Cloud": 3,
        "Serverless": 4,
        "AutomationCloudRobot": 5,
        "ElasticRobot": 6,
        "ProcessOrchestration": 7,
        "AgentService": 8,
    },
)
AUTOMATION_TYPE = EnumType("AutomationType", {"Any": 0, "Foreground": 1, "Background": 2})
MACHINE_TARGET_FRAMEWORK = EnumType("MachineTargetFramework", {"Any": 0, "Windows": 1, "Portable": 2})
