"""Why a verdict is no: one word for programs, one rule, one sentence for people."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Every reason that a verdict can give. Keep the list alphabetized."""

    ANOTHER_ORGANIZATION = "another_organization"
    ANOTHER_TENANT = "another_tenant"
    EXPIRED = "expired"
    FOLDER_LIMITED_GRANT = "folder_limited_grant"
    FOLDER_NOT_GRANTED = "folder_not_granted"
    FOLDER_REQUIRED = "folder_required"
    NARROWED_AWAY = "narrowed_away"
    NETWORK_NOT_GRANTED = "network_not_granted"
    OPERATION_NOT_GRANTED = "operation_not_granted"
    REMOTE_FOLDERS_UNKNOWN = "remote_folders_unknown"
    SCOPE_MISSING = "scope_missing"
    UNKNOWN_OPERATION = "unknown_operation"


@dataclass(frozen=True, slots=True)
class ReasonText:
    """``rule`` is the part of the grant that said no; ``sentence`` is filled with the words of the case at hand."""

    rule: str
    sentence: str


REASONS: dict[Reason, ReasonText] = {
    Reason.ANOTHER_ORGANIZATION: ReasonText("organization", "This credential belongs to another organization."),
    Reason.ANOTHER_TENANT: ReasonText("tenant", "This credential may not enter the tenant {tenant}."),
    Reason.EXPIRED: ReasonText("not_after", "This credential ended at {not_after}."),
    Reason.FOLDER_LIMITED_GRANT: ReasonText(
        "folders",
        "{operation} is not bound by one folder, and this credential may do it only where a folder bounds it.",
    ),
    Reason.FOLDER_NOT_GRANTED: ReasonText("folders", "This credential may not use {operation} in the folder {folder}."),
    Reason.FOLDER_REQUIRED: ReasonText("folders", "{operation} works in one folder, and the request names none."),
    Reason.NARROWED_AWAY: ReasonText(
        "narrowing", "The access key may use {operation}; this credential was narrowed to less."
    ),
    Reason.NETWORK_NOT_GRANTED: ReasonText("networks", "This credential may not be used from {client_address}."),
    Reason.OPERATION_NOT_GRANTED: ReasonText("operations", "This credential may not use {operation}."),
    Reason.REMOTE_FOLDERS_UNKNOWN: ReasonText(
        "folders",
        "This credential may use {operation} in some folders only, and the folders of this remote Orchestrator "
        "cannot be checked.",
    ),
    Reason.SCOPE_MISSING: ReasonText("ceiling", "This token was issued without the scope that {operation} needs."),
    Reason.UNKNOWN_OPERATION: ReasonText("catalogue", "This is no operation of the Orchestrator API."),
}
