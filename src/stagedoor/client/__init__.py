"""Stagedoor for Python programs: a synchronous client and its async twin, importable without the server.

::

    from stagedoor.client import Stagedoor

    with Stagedoor("http://127.0.0.1:8120/acme/dev", key="sd_…", folder="Shared") as stagedoor:
        for job in stagedoor.items("Jobs_Get", fields={"filter": "State eq 'Running'"}):
            print(job["Key"])

What is named here is the public face; modules with an underscore may change at any time.
"""

from stagedoor.client._answers import (
    AccessKeyFacts,
    AuditCaller,
    AuditCredential,
    AuditPage,
    AuditRow,
    CredentialFacts,
    FolderFacts,
    FreshKey,
    GrantFacts,
    KeyLimits,
    KeyPreview,
    LegacyUse,
    LegacyUser,
    LegacyWindow,
    NarrowedKey,
    OperationFacts,
    Organization,
    Permission,
    Tenant,
    TenantName,
    WhoAmI,
)
from stagedoor.client._app_transport import AppTransport
from stagedoor.client._applications import (
    ApplicationFacts,
    Applications,
    AsyncApplications,
    FreshApplication,
)
from stagedoor.client._async_client import AsyncStagedoor
from stagedoor.client._auth import (
    AccessKey,
    ClientCredentials,
    MemoryTokenStore,
    SignedIn,
    Tokens,
    TokenStore,
    tokens_of,
)
from stagedoor.client._client import Stagedoor
from stagedoor.client._connections import (
    AsyncConnections,
    Authorization,
    ConnectionFacts,
    ConnectionKind,
    Connections,
    ConnectionTerms,
    RefusedOperation,
    SignedInCode,
    SignInFacts,
    SignInProblem,
    TrialReport,
    TrialStep,
)
from stagedoor.client._errors import (
    BadRequest,
    Conflict,
    NotBuilt,
    NotFound,
    NotSignedIn,
    Refused,
    ServerFailed,
    StagedoorClientError,
    Throttled,
    Unreachable,
    UpstreamFailed,
)
from stagedoor.client._narrowing import narrow_offline
from stagedoor.client._retry import Retry
from stagedoor.client._robot_scripts import AsyncRobotScripts, RobotScript, RobotScripts

__all__ = [
    "AccessKey",
    "AccessKeyFacts",
    "AppTransport",
    "ApplicationFacts",
    "Applications",
    "AsyncApplications",
    "AsyncConnections",
    "AsyncRobotScripts",
    "AsyncStagedoor",
    "AuditCaller",
    "AuditCredential",
    "AuditPage",
    "AuditRow",
    "Authorization",
    "BadRequest",
    "ClientCredentials",
    "Conflict",
    "ConnectionFacts",
    "ConnectionKind",
    "ConnectionTerms",
    "Connections",
    "CredentialFacts",
    "FolderFacts",
    "FreshApplication",
    "FreshKey",
    "GrantFacts",
    "KeyLimits",
    "KeyPreview",
    "LegacyUse",
    "LegacyUser",
    "LegacyWindow",
    "MemoryTokenStore",
    "NarrowedKey",
    "NotBuilt",
    "NotFound",
    "NotSignedIn",
    "OperationFacts",
    "Organization",
    "Permission",
    "Refused",
    "RefusedOperation",
    "Retry",
    "RobotScript",
    "RobotScripts",
    "ServerFailed",
    "SignInFacts",
    "SignInProblem",
    "SignedIn",
    "SignedInCode",
    "Stagedoor",
    "StagedoorClientError",
    "Tenant",
    "TenantName",
    "Throttled",
    "TokenStore",
    "Tokens",
    "TrialReport",
    "TrialStep",
    "Unreachable",
    "UpstreamFailed",
    "WhoAmI",
    "narrow_offline",
    "tokens_of",
]
