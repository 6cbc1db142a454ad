"""What a tenant's Orchestrator tells its clients about itself, the same for every tenant."""

from typing import Any

from stagedoor.orchestrator.credential_stores.schemas import Entry
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.schedules.windows_zones import IANA_OF_WINDOWS
from stagedoor.orchestrator.status.version import API_VERSION, BUILD_VERSION

EXECUTION_SCOPE = EnumType("ExecutionSettingsScope", {"Global": 0, "Robot": 1})
POLLING_SECONDS = 30

_FLAGS = ["False", "True"]
_EXECUTION_SETTINGS: tuple[tuple[str, str, str, str, list[str]], ...] = (
    (
        "TracingLevel",
        "Logging level",
        "MultipleChoice",
        "Information",
        ["Verbose", "Trace", "Information", "Warning", "Error", "Critical", "Off"],
    ),
    ("StudioNotifyServer", "Logs of development runs", "Boolean", "True", _FLAGS),
    ("LoginToConsole", "Login to console", "Boolean", "True", _FLAGS),
    ("ResolutionWidth", "Resolution width", "Integer", "0", []),
    ("ResolutionHeight", "Resolution height", "Integer", "0", []),
    ("ResolutionDepth", "Resolution depth", "Integer", "0", []),
    ("FontSmoothing", "Font smoothing", "Boolean", "False", _FLAGS),
    ("AutoDownloadProcess", "Automatic download of processes", "Boolean", "False", _FLAGS),
)


def describe_time_zones() -> list[dict[str, str]]:
    """Return the zones that schedules know, by the names of Windows, which the vendor's API takes."""
    return [{"Name": f"{name} ({iana})", "Value": name} for name, iana in IANA_OF_WINDOWS.items()]


def describe_languages() -> list[dict[str, Any]]:
    """Return the one language of Stagedoor's words."""
    return [{"Name": "en", "DisplayName": "English", "Icon": "", "IsDefault": True, "IsDisabled": False}]


def describe_execution_settings(scope: int) -> dict[str, Any]:
    """Return what can be set for how robots run, with the defaults; a robot's are those of all, told as empty."""
    is_global = scope == EXECUTION_SCOPE.members["Global"]
    return {
        "Scope": EXECUTION_SCOPE.word(scope),
        "Configuration": [
            {
                "Key": key,
                "DisplayName": name,
                "ValueType": kind,
                "DefaultValue": default if is_global else "",
                "PossibleValues": values,
            }
            for key, name, kind, default, values in _EXECUTION_SETTINGS
        ],
    }


def describe_store_fields(entries: tuple[Entry, ...]) -> list[dict[str, str]]:
    """Return the fields of a credential store's configuration."""
    return [{"Key": key, "DisplayName": name, "ValueType": kind} for key, name, kind in entries]


def describe_activity_settings() -> dict[str, Any]:
    """Return what activities want to know: there is no channel to push to them."""
    return {"ApiVersion": API_VERSION, "SignalR": {"url": None, "skipNegotiation": False}}


def describe_updates() -> dict[str, Any]:
    """Return where robots find updates of themselves: nowhere."""
    return {"UpdateServerSource": "Orchestrator", "UpdateServerUrl": None, "PollingInterval": POLLING_SECONDS}


def describe_web_settings() -> dict[str, list[str]]:
    """Return what the vendor's web client wants to know."""
    settings = {
        "Build.Version": BUILD_VERSION,
        "Webhooks.Enabled": "true",
        "Deployment.Type": "Stagedoor",
        "Localization.DefaultLanguage": "en",
        "Timezone": "UTC",
    }
    return {"Keys": list(settings), "Values": list(settings.values())}
