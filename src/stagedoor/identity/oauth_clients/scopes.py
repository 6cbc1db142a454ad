"""The vendor's scope names, and which of them a client may have at once."""

from collections.abc import Iterable

ORCHESTRATOR_FAMILIES = (
    "Administration",
    "Analytics",
    "Assets",
    "Audit",
    "BackgroundTasks",
    "BusinessRules",
    "Execution",
    "Folders",
    "Hypervisor",
    "Jobs",
    "License",
    "ML",
    "Machines",
    "Monitoring",
    "Queues",
    "Robots",
    "Settings",
    "Tasks",
    "TestDataQueues",
    "TestSetExecutions",
    "TestSetSchedules",
    "TestSets",
    "Users",
    "Webhooks",
)
PLATFORM_FAMILIES = (
    "Audit",
    "AuthSetting",
    "Group",
    "License",
    "MessageTemplate",
    "OAuthApp",
    "RobotAccount",
    "Setting",
    "User",
    "UserLoginAttempt",
)

OFFLINE_ACCESS = "offline_access"
OPENID_SCOPES = frozenset({"openid", "profile", "email", OFFLINE_ACCESS})
"""Scopes that every client may ask for on behalf of a person."""

DEFAULT_SCOPE = "OR.Default"
"""An application scope that opens nothing by itself."""

WHOLE_USER_SCOPE = "OrchestratorApiUserAccess"
"""What the vendor's own clients ask for: everything in Orchestrator that the person may do."""


def _with_verbs(prefix: str, families: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{prefix}.{family}{verb}" for family in families for verb in ("", ".Read", ".Write"))


ORCHESTRATOR_SCOPES = _with_verbs("OR", ORCHESTRATOR_FAMILIES)
PLATFORM_SCOPES = _with_verbs("PM", PLATFORM_FAMILIES) | {"PM.OAuthAppSecret.Write"}
REGISTRABLE_SCOPES = ORCHESTRATOR_SCOPES | PLATFORM_SCOPES | {DEFAULT_SCOPE}
"""What an external application can be registered with."""

SCOPES_AT_ONCE_MAX = 128
SCOPE_LENGTH_MAX = 96


def split_scope(text: str) -> tuple[str, ...]:
    """Return the scopes of a space-separated list (RFC 6749 section 3.3), each once, in order."""
    return tuple(dict.fromkeys(text.split()))


def is_covered(scope: str, registered: frozenset[str]) -> bool:
    """Tell whether a registered scope covers this one: itself, or the bare name in front of ``.Read`` or ``.Write``.

    Not the other way round: the vendor refuses ``OR.Jobs`` where only its two halves are registered.
    """
    return scope in registered or scope.removesuffix(".Read").removesuffix(".Write") in registered
