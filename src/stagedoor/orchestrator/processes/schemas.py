"""The words of processes that the vendor numbers."""

from stagedoor.orchestrator.entity import EnumType

TARGET_FRAMEWORK = EnumType("TargetFramework", {"Legacy": 0, "Windows": 1, "Portable": 2})
PACKAGE_TYPE = EnumType(
    "PackageType",
    {
        "Undefined": 0,
        "Process": 1,
        "ProcessLibrary": 2,
        "ProcessOrchestration": 3,
        "WebApp": 4,
        "Agent": 5,
        "TestAutomationProcess": 6,
        "Api": 7,
        "MCPServer": 8,
        "BusinessRules": 9,
        "CaseManagement": 10,
    },
)
