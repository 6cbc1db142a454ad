"""What a caller sends of an app task beside what every task has."""

from dataclasses import dataclass
from typing import Any

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.entity import EnumType
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import (
    INT32_MAX,
    find_boolean,
    find_enum,
    find_guid,
    find_integer,
    find_object,
    find_text,
    get_text,
)
from stagedoor.orchestrator.tasks.schemas import TASK_TYPE, Type

RUNTIME = EnumType("AppTaskRuntime", {"Serverless": 0, "Unattended": 1})
APP_TYPE = EnumType("AppType", {"Custom": 0, "Dynamic": 1})
APP_ID_LENGTH_MAX = 34


@dataclass(frozen=True, slots=True)
class AppValues:
    """The app of a task, and the definition that its fields come from."""

    app: dict[str, Any]
    definition_id: int | None
    definition_version: int | None


def read_app(body: Body) -> AppValues:
    """Read which app a task is done in. The vendor's Python client names no version, which stands for the first."""
    asked = find_enum(body, "type", TASK_TYPE)
    if asked not in (None, Type.APP):
        raise InvalidRequest("The type field may only be AppTask here.", details={"field": "type"})
    version = find_integer(body, "appVersion", most=INT32_MAX)
    runtime, app_type = find_enum(body, "runtime", RUNTIME), find_enum(body, "appType", APP_TYPE)
    app = {
        "appId": get_text(body, "appId", length_max=APP_ID_LENGTH_MAX),
        "appVersion": 1 if version is None else version,
        "appProcessKey": find_guid(body, "appProcessKey"),
        "folderKey": find_guid(body, "folderKey"),
        "fpsContext": find_object(body, "fpsContext"),
        "runtime": None if runtime is None else RUNTIME.word(runtime),
        "appType": APP_TYPE.word(app_type or 0),
    }
    find_text(body, "folderPath")
    find_boolean(body, "isActionableMessageEnabled")
    find_object(body, "actionableMessageMetaData")
    return AppValues(
        app,
        find_integer(body, "taskDefinitionId") or None,
        find_integer(body, "taskDefinitionVersion", most=INT32_MAX) or None,
    )
