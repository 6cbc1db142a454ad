"""The vendor's words of the audit, and which of them each operation is."""

from stagedoor.catalog.operations import Operation
from stagedoor.orchestrator.entity import EnumType
from stagedoor.passage import CallerKind


def _numbered(name: str, words: str) -> EnumType:
    return EnumType(name, {word: number for number, word in enumerate(words.split())})


ACTION = _numbered(
    "AuditAction",
    """
    Unknown Create Update Delete StartJob StopJob Associate Upload ChangeStatus Import ChangePassword Register
    Toggle ResetPassword PasswordResetAttempt Download Acknowledge Activate Assign BulkUpload UpdateFeature
    ResumeJob Start End Skip Unassign Deactivate CreateBlobFileSas DeleteBlobFile Move Set StartDelete
    ExploreStart ExploreEnd Save Convert Forward BulkComplete BulkSave ForceStopJob MigrateFolder
    EditTaskMetadata Archive StartMigrateFolders ToggleUserFolderSubscription StartUninstall StartInstall
    VideoAccess AutomaticallyExploreEnd InstallState FinishInstall FinishUninstall
    """,
)
COMPONENT = _numbered(
    "AuditComponent",
    """
    Unknown Assets Environments Processes Queues Robots Roles Schedules Users Comments Units Jobs Settings
    Packages License Tenant Machines Libraries Webhooks ExecutionMedia Monitoring CredentialStores
    DefaultCredentialStores TaskCatalogs Tasks Maintenance Folders DirectoryService Buckets Secrets
    PersonalWorkspaces CloudSubscriptions CloudSnapshots Sessions CredentialsProxies StudioWeb
    AutomationSolutions RemoteControl TaskSolutions TaskDefinitions HttpTriggers AutopilotForRobotsData
    BusinessRules IntegrationTriggers JobAttachments TestSets TestSetSchedules TestDataQueues TestDataQueueItems
    """,
)
USER_TYPE = _numbered(
    "AuditUserType",
    """
    User Robot DirectoryUser DirectoryGroup DirectoryRobot DirectoryExternalApplication
    """,
)

ORCHESTRATOR = "Orchestrator"
TEST_AUTOMATION = "TestAutomation"
SERVICES = (ORCHESTRATOR, TEST_AUTOMATION)

USER_TYPES = {
    CallerKind.USER: "User",
    CallerKind.API_USER: "DirectoryRobot",
    CallerKind.EXTERNAL_APPLICATION: "DirectoryExternalApplication",
    CallerKind.LOCAL_ADMINISTRATOR: "User",
}

_COMPONENTS = {
    "AppTasks": "Tasks",
    "Assets": "Assets",
    "Attachments": "JobAttachments",
    "Buckets": "Buckets",
    "BusinessRules": "BusinessRules",
    "Calendars": "Settings",
    "CredentialStores": "CredentialStores",
    "DirectoryService": "DirectoryService",
    "ExecutionMedia": "ExecutionMedia",
    "Folders": "Folders",
    "GenericTasks": "Tasks",
    "JobTriggers": "Jobs",
    "Jobs": "Jobs",
    "Libraries": "Libraries",
    "LicensesNamedUser": "License",
    "LicensesRuntime": "License",
    "Licensing": "License",
    "Machines": "Machines",
    "Maintenance": "Maintenance",
    "OrganizationUnits": "Units",
    "PersonalWorkspaces": "PersonalWorkspaces",
    "ProcessSchedules": "Schedules",
    "Processes": "Packages",
    "QueueDefinitions": "Queues",
    "QueueItemComments": "Comments",
    "QueueItems": "Queues",
    "QueueRetention": "Queues",
    "ReleaseRetention": "Processes",
    "Releases": "Processes",
    "Robots": "Robots",
    "Roles": "Roles",
    "Sessions": "Sessions",
    "Settings": "Settings",
    "TaskCatalogs": "TaskCatalogs",
    "TaskDefinitions": "TaskDefinitions",
    "TaskForms": "Tasks",
    "TaskNotes": "Tasks",
    "TaskRetention": "TaskCatalogs",
    "Tasks": "Tasks",
    "Tenants": "Tenant",
    "TestAutomation": "TestSets",
    "TestDataQueueActions": "TestDataQueueItems",
    "TestDataQueueItems": "TestDataQueueItems",
    "TestDataQueues": "TestDataQueues",
    "TestSetExecutions": "TestSets",
    "TestSetSchedules": "TestSetSchedules",
    "TestSets": "TestSets",
    "Users": "Users",
    "Webhooks": "Webhooks",
}
# What robots do all day is not audited: items are taken and given back by tag Queues, which is not above, and by this.
_NOT_AUDITED = frozenset({"QueueItems_SetTransactionProgressById"})

_ACTIONS = (
    ("StartJob", "StartJob"),
    ("RestartJob", "StartJob"),
    ("ResumeJob", "ResumeJob"),
    ("StopJob", "StopJob"),
    ("Post", "Create"),
    ("Create", "Create"),
    ("Add", "Create"),
    ("Delete", "Delete"),
    ("Remove", "Delete"),
    ("Upload", "Upload"),
    ("Toggle", "Toggle"),
    ("Unassign", "Unassign"),
    ("Assign", "Assign"),
    ("Reassign", "Assign"),
    ("Move", "Move"),
    ("Share", "Associate"),
    ("Link", "Associate"),
    ("Export", "Download"),
    ("ChangePassword", "ChangePassword"),
    ("ChangeStatus", "ChangeStatus"),
    ("SetItemReviewStatus", "ChangeStatus"),
    ("Forward", "Forward"),
    ("Convert", "Convert"),
    ("Complete", "Acknowledge"),
    ("Save", "Save"),
    ("Set", "Set"),
    ("StartExploring", "ExploreStart"),
    ("StopExploring", "ExploreEnd"),
    ("Start", "Start"),
    ("End", "End"),
)


def find_component(operation: Operation) -> str | None:
    """Return the component that an operation changes, or ``None`` for one that the audit says nothing of."""
    return None if operation.id in _NOT_AUDITED else _COMPONENTS.get(operation.tag)


def action_of(operation: Operation) -> str:
    """Return what an operation does, by its name; what is none of the known ones changes something."""
    verb = operation.id.partition("_")[2]
    return next((action for beginning, action in _ACTIONS if verb.startswith(beginning)), "Update")


def service_of(component: str) -> str:
    """Return which of the vendor's services a component belongs to."""
    return TEST_AUTOMATION if component.startswith("Test") else ORCHESTRATOR
