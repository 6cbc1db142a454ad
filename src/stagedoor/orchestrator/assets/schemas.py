"""The vendor's words around assets, and what a caller sends of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    INT32_MAX,
    find_boolean,
    find_enum,
    find_integer,
    find_objects,
    find_text,
    get_required,
    get_text,
)

NAME_LENGTH_MAX = 256
TEXT_LENGTH_MAX = 1_000_000
SECRET_LENGTH_MAX = 25_000


class ValueScope(IntEnum):
    """Whether an asset has one value or one for each user; the numbers are the vendor's."""

    GLOBAL = 0
    PER_ROBOT = 1


class ValueType(IntEnum):
    """What an asset holds; the numbers are the vendor's. Connection strings and credentials of Windows are of old."""

    DB_CONNECTION_STRING = 0
    HTTP_CONNECTION_STRING = 1
    TEXT = 2
    BOOL = 3
    INTEGER = 4
    CREDENTIAL = 5
    WINDOWS_CREDENTIAL = 6
    KEY_VALUE_LIST = 7
    SECRET = 8


CREDENTIALS = frozenset({ValueType.CREDENTIAL, ValueType.WINDOWS_CREDENTIAL})

VALUE_SCOPE = EnumType("AssetValueScope", {"Global": ValueScope.GLOBAL, "PerRobot": ValueScope.PER_ROBOT})
VALUE_TYPE = EnumType(
    "AssetValueType",
    {
        "DBConnectionString": ValueType.DB_CONNECTION_STRING,
        "HttpConnectionString": ValueType.HTTP_CONNECTION_STRING,
        "Text": ValueType.TEXT,
        "Bool": ValueType.BOOL,
        "Integer": ValueType.INTEGER,
        "Credential": ValueType.CREDENTIAL,
        "WindowsCredential": ValueType.WINDOWS_CREDENTIAL,
        "KeyValueList": ValueType.KEY_VALUE_LIST,
        "Secret": ValueType.SECRET,
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value. What does not belong to its type is empty, as the vendor shows it.

    ``secret`` is a credential's password or a secret's value; ``None`` means that none was sent.
    """

    type: ValueType
    text: str = ""
    truth: bool = False
    number: int = 0
    username: str = ""
    secret: Secret | None = None
    pairs: Sequence[dict[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class PersonalValue:
    """A value for one user, perhaps on one machine alone, or for one robot."""

    user_number: int | None
    user_name: str | None
    machine_id: int | None
    robot_id: int | None
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetValues:
    """An asset as it was sent. ``default`` is the value for all; ``None`` where only some have one.

    ``personal`` are the values that some have; ``None`` where nothing was said of them.
    """

    name: str
    description: str | None
    scope: ValueScope
    type: ValueType
    default: Value | None
    personal: Sequence[PersonalValue] | None
    allows_direct_access: bool | None
    credential_store_id: int | None = None
    external_name: str | None = None
    tags: list[dict[str, Any]] | None


def read_asset(body: Body) -> AssetValues:
    """Read an asset; raises ``InvalidRequest`` naming the field that is wrong."""
    name = get_text(body, "Name", length_max=NAME_LENGTH_MAX)
    scope = ValueScope(get_required(find_enum(body, "ValueScope", VALUE_SCOPE), "ValueScope"))
    value_type = read_type(body)
    personal = _find_personal_values(body, value_type)
    if scope is ValueScope.GLOBAL and personal:
        raise InvalidRequest(
            "The UserValues field belongs to the ValueScope PerRobot.", details={"field": "UserValues"}
        )
    has_default = find_boolean(body, "HasDefaultValue")
    is_default_sent = scope is ValueScope.GLOBAL or (has_default if has_default is not None else not personal)
    tags = find_objects(body, "Tags")
    return AssetValues(
        name=name,
        description=find_text(body, "Description", length_max=250),
        scope=scope,
        type=value_type,
        default=read_value(body, value_type) if is_default_sent else None,
        personal=personal,
        allows_direct_access=find_boolean(body, "AllowDirectApiAccess"),
        credential_store_id=find_integer(body, "CredentialStoreId"),
        external_name=find_text(body, "ExternalName", length_max=NAME_LENGTH_MAX),
        tags=None if tags is None else [tag.plain() for tag in tags],
    )


def read_type(body: Body) -> ValueType:
    """Read what kind of value an asset holds."""
    return ValueType(get_required(find_enum(body, "ValueType", VALUE_TYPE), "ValueType"))


def read_value(body: Body, value_type: ValueType) -> Value:
    """Read a value of this type from the field that belongs to it; secrets may be left out, to keep what is there."""
    match value_type:
        case ValueType.TEXT | ValueType.DB_CONNECTION_STRING | ValueType.HTTP_CONNECTION_STRING:
            text = find_text(body, "StringValue", length_max=TEXT_LENGTH_MAX)
            return Value(type=value_type, text=get_required(text, "StringValue"))
        case ValueType.BOOL:
            return Value(type=value_type, truth=get_required(find_boolean(body, "BoolValue"), "BoolValue"))
        case ValueType.INTEGER:
            number = find_integer(body, "IntValue", least=-INT32_MAX - 1, most=INT32_MAX)
            return Value(type=value_type, number=get_required(number, "IntValue"))
        case ValueType.CREDENTIAL | ValueType.WINDOWS_CREDENTIAL:
            return Value(
                type=value_type,
                username=get_text(body, "CredentialUsername", length_max=512),
                secret=_find_secret(body, "CredentialPassword"),
            )
        case ValueType.SECRET:
            return Value(type=value_type, secret=_find_secret(body, "SecretValue"))
        case _:
            pairs = get_required(find_objects(body, "KeyValueList"), "KeyValueList")
            return Value(
                type=value_type,
                pairs=[{"Key": get_text(pair, "Key"), "Value": find_text(pair, "Value")} for pair in pairs],
            )


def _find_secret(body: Body, name: str) -> Secret | None:
    written = find_text(body, name, length_max=SECRET_LENGTH_MAX)
    return Secret(written) if written else None


def _find_personal_values(body: Body, value_type: ValueType) -> list[PersonalValue] | None:
    users, robots = find_objects(body, "UserValues"), find_objects(body, "RobotValues")
    if users is None and robots is None:
        return None
    personal = [_read_user_value(entry, value_type) for entry in users or []]
    personal += [_read_robot_value(entry, value_type) for entry in robots or []]
    owners = {(value.user_number, value.machine_id, value.robot_id) for value in personal}
    if len(owners) != len(personal):
        raise InvalidRequest("The UserValues field names a user twice.", details={"field": "UserValues"})
    return personal


def _read_user_value(entry: Body, value_type: ValueType) -> PersonalValue:
    return PersonalValue(
        user_number=get_required(find_integer(entry, "UserId"), "UserValues.UserId"),
        user_name=find_text(entry, "UserName", length_max=256),
        machine_id=find_integer(entry, "MachineId"),
        robot_id=None,
        value=read_value(entry, value_type),
    )


def _read_robot_value(entry: Body, value_type: ValueType) -> PersonalValue:
    robot_id = get_required(find_integer(entry, "RobotId"), "RobotValues.RobotId")
    return PersonalValue(None, None, None, robot_id, read_value(entry, value_type))
