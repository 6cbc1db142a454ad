"""The words of robots that the vendor numbers."""

from stagedoor.orchestrator.entity import EnumType

ROBOT_TYPE = EnumType(
    "RobotType",
    {
        "NonProduction": 0,
        "Attended": 1,
        "Unattended": 2,
        "Development": 3,
        "Studio": 4,
        "RpaDeveloper": 5,
        "StudioX": 6,
        "CitizenDeveloper": 7,
        "Headless": 8,
        "StudioPro": 9,
        "RpaDeveloperPro": 10,
        "TestAutomation": 11,
        "AutomationCloud": 12,
        "Serverless": 13,
        "AutomationKit": 14,
        "ServerlessTestAutomation": 15,
        "AutomationCloudTestAutomation": 16,
        "AttendedStudioWeb": 17,
        "Hosting": 18,
        "AssistantWeb": 19,
        "ProcessOrchestration": 20,
        "AgentService": 21,
        "AppTest": 22,
        "PerformanceTest": 23,
    },
)
HOSTING_TYPE = EnumType("RobotHostingType", {"Standard": 0, "Floating": 1})
CREDENTIAL_TYPE = EnumType(
    "CredentialType", {"Default": 0, "SmartCard": 1, "NCipher": 2, "SafeNet": 3, "NoCredential": 4}
)
