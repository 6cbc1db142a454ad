"""How a machine looks in the vendor's API."""

from stagedoor.orchestrator.entity import (
    ComplexType,
    Constant,
    EdmType,
    EntitySet,
    EntityType,
    Property,
)
from stagedoor.orchestrator.machines.models import Machine
from stagedoor.orchestrator.machines.schemas import (
    AUTOMATION_TYPE,
    MACHINE_SCOPE,
    MACHINE_TARGET_FRAMEWORK,
    MACHINE_TYPE,
    UPDATE_POLICY_TYPE,
)
from stagedoor.orchestrator.tags import TAG

ROBOT_VERSION = ComplexType(
    "MachinesRobotVersionDto",
    (
        Property("Count", EdmType.INT64),
        Property("Version", EdmType.STRING),
        Property("MachineId", EdmType.INT64),
    ),
)

UPDATE_POLICY = ComplexType(
    "UpdatePolicyDto",
    (
        Property("Type", UPDATE_POLICY_TYPE),
        Property("SpecificVersion", EdmType.STRING),
    ),
)


MACHINE = EntityType(
    name="MachineDto",
    model=Machine,
    properties=(
        Property("LicenseKey", EdmType.STRING, Machine.license_key, confidential=True),
        Property("Name", EdmType.STRING, Machine.name, nullable=False, folded=Machine.name_folded),
        Property("Description", EdmType.STRING, Machine.description),
        Property("Type", MACHINE_TYPE, Machine.type, nullable=False),
        Property("Scope", MACHINE_SCOPE, Machine.scope, nullable=False),
        Property("NonProductionSlots", EdmType.INT32, Machine.non_production_slots),
        Property("UnattendedSlots", EdmType.INT32, Machine.unattended_slots),
        Property("HeadlessSlots", EdmType.INT32, Machine.headless_slots),
        Property("TestAutomationSlots", EdmType.INT32, Machine.test_automation_slots),
        Property("HostingSlots", EdmType.INT32, Machine.hosting_slots),
        Property("AppTestSlots", EdmType.INT32, Machine.app_test_slots),
        Property("PerformanceTestSlots", EdmType.INT32, Machine.performance_test_slots),
        Property("AutomationCloudSlots", EdmType.INT32, Machine.automation_cloud_slots),
        Property("AutomationCloudTestAutomationSlots", EdmType.INT32, Machine.automation_cloud_test_automation_slots),
        Property("Key", EdmType.GUID, Machine.key, nullable=False, writable=False),
        Property("RobotVersions", ROBOT_VERSION, Constant([]), collection=True, writable=False),
        Property("AutomationType", AUTOMATION_TYPE, Machine.automation_type),
        Property("TargetFramework", MACHINE_TARGET_FRAMEWORK, Machine.target_framework),
        Property("UpdatePolicy", UPDATE_POLICY, Machine.update_policy),
        Property("Tags", TAG, Machine.tags, collection=True),
        Property("ClientSecret", EdmType.STRING, filterable=False, writable=False),
        Property("Id", EdmType.INT64, Machine.id, nullable=False, writable=False),
    ),
)

MACHINES = EntitySet(name="Machines", entity_type=MACHINE)
