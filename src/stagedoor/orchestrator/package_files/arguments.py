"""Arguments of an entry point as the vendor lists them: a name, a .NET type, whether it is needed and has a default."""

from typing import Any

import orjson

ARGUMENTS_MAX = 1_000
NAME_LENGTH_MAX = 256
TYPE_LENGTH_MAX = 512

_DOTNET_TYPES = {
    "string": "System.String, mscorlib",
    "integer": "System.Int64, mscorlib",
    "number": "System.Double, mscorlib",
    "boolean": "System.Boolean, mscorlib",
    "array": "System.Object[], mscorlib",
}
_ANYTHING = "System.Object, mscorlib"


def list_arguments(written: str | None) -> str | None:
    """Return the list as JSON text, from a JSON schema or from a list as Studio writes it; ``None`` for neither."""
    value = None if written is None else orjson.loads(written)
    if isinstance(value, dict):
        return orjson.dumps(_of_schema(value)).decode()
    if isinstance(value, list):
        return orjson.dumps(_of_list(value)).decode()
    return None


def _of_schema(schema: dict[str, Any]) -> list[dict[str, Any]]:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict):
        return []
    needed = {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
    return [
        {
            "name": name[:NAME_LENGTH_MAX],
            "type": _dotnet_type(described),
            "required": name in needed,
            "hasDefault": isinstance(described, dict) and "default" in described,
        }
        for name, described in list(properties.items())[:ARGUMENTS_MAX]
    ]


def _dotnet_type(described: Any) -> str:
    kind = described.get("type") if isinstance(described, dict) else None
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), None)
    return _DOTNET_TYPES.get(kind, _ANYTHING) if isinstance(kind, str) else _ANYTHING


def _of_list(arguments: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": str(argument["name"])[:NAME_LENGTH_MAX],
            "type": str(argument.get("type") or _ANYTHING)[:TYPE_LENGTH_MAX],
            "required": argument.get("required") is True,
            "hasDefault": argument.get("hasDefault") is True,
        }
        for argument in arguments[:ARGUMENTS_MAX]
        if isinstance(argument, dict) and argument.get("name")
    ]
