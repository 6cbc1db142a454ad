"""The kinds of credential stores, and what a caller sends of one."""

from dataclasses import dataclass

from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.fields import find_integer, find_text, get_text

NAME_LENGTH_MAX = 128
HOST_NAME_LENGTH_MAX = 256
CONFIGURATION_LENGTH_MAX = 10_000

OWN_TYPE = "Database"
OWN_NAME = "Orchestrator Database"

RESOURCE_TYPE = EnumType(
    "CredentialStoreResourceType", {"AssetCredential": 0, "RobotCredential": 1, "BucketCredential": 2, "Secrets": 3}
)
PROXY_RESOURCE_TYPE = EnumType("CredentialsProxyResourceType", {**RESOURCE_TYPE.members, "CredentialStore": 4})
PROXY_TYPE = EnumType("CredentialsProxyType", {"Connected": 0, "Disconnected": 1})

Entry = tuple[str, str, str]
"""A field of a store's configuration: its key, what to call it, and the vendor's word for its type."""

STORE_TYPES: dict[str, tuple[Entry, ...]] = {
    OWN_TYPE: (),
    "AwsSecretsManager": (
        ("AccessKey", "Access key", "String"),
        ("SecretKey", "Secret key", "Secret"),
        ("Region", "Region", "String"),
    ),
    "AzureKeyVault": (
        ("KeyVaultUri", "Key vault address", "String"),
        ("DirectoryId", "Directory", "String"),
        ("ClientId", "Client", "String"),
        ("ClientSecret", "Client secret", "Secret"),
    ),
    "CyberArk": (
        ("AppId", "Application", "String"),
        ("Safe", "Safe", "String"),
        ("Folder", "Folder", "String"),
    ),
    "CyberArkCCP": (
        ("AppId", "Application", "String"),
        ("Safe", "Safe", "String"),
        ("CentralCredentialProviderUrl", "Provider address", "String"),
        ("ClientCertificate", "Client certificate", "SecretFile"),
        ("ClientCertificatePassword", "Password of the certificate", "Secret"),
    ),
    "HashiCorpVault": (
        ("VaultUri", "Vault address", "String"),
        ("AuthenticationType", "Authentication", "Choice"),
        ("RoleId", "Role", "String"),
        ("SecretId", "Secret", "Secret"),
        ("SecretsEnginePath", "Path of the engine", "String"),
    ),
}
"""What can be remembered, and what it would need to be reached."""

_BY_FOLDED_NAME = {name.lower(): name for name in STORE_TYPES}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreValues:
    """A store as it was sent. ``configuration`` ``None`` leaves the one that is there."""

    name: str
    type: str
    host_name: str | None
    proxy_id: int | None
    configuration: Secret | None


def read_store(body: Body) -> StoreValues:
    """Read a store; raises ``InvalidRequest`` naming the field that is wrong."""
    written = get_text(body, "Type", length_max=128)
    known = _BY_FOLDED_NAME.get(written.lower())
    if known is None:
        raise InvalidRequest(
            f"The Type field must be one of {', '.join(STORE_TYPES)}.",
            hint="GetAvailableCredentialStoreTypes lists them.",
            details={"field": "Type"},
        )
    configuration = find_text(body, "AdditionalConfiguration", length_max=CONFIGURATION_LENGTH_MAX)
    return StoreValues(
        name=get_text(body, "Name", length_max=NAME_LENGTH_MAX),
        type=known,
        host_name=find_text(body, "HostName", length_max=HOST_NAME_LENGTH_MAX),
        proxy_id=find_integer(body, "ProxyId"),
        configuration=Secret(configuration) if configuration else None,
    )


def get_store_type(name: str) -> tuple[Entry, ...]:
    """Return the fields of a kind of store's configuration, or raise ``NotFound``."""
    known = _BY_FOLDED_NAME.get(name.strip().lower())
    if known is None:
        raise NotFound(f"There is no kind of credential store {name[:NAME_LENGTH_MAX]!r}.")
    return STORE_TYPES[known]


def read_resource_type(written: str, enum_type: EnumType = RESOURCE_TYPE) -> int:
    """Return the number of a kind of resource in the path; raises ``InvalidRequest`` for any other word."""
    number = enum_type.find_number(written)
    if number is None:
        raise InvalidRequest(
            f"The resourceType must be one of {', '.join(enum_type.members)}.", details={"field": "resourceType"}
        )
    return number
