"""Paths for operations, written the many ways that clients write them."""

import re

from stagedoor.catalog.operations import Operation

GUID = "0b1d0c2e-3f4a-4b5c-8d6e-7f8091a2b3c4"
VALUES = ("17", GUID, "Invoice-Bot:1.0.2")

_VALUE = re.compile(r"'?\{(\w+)\}'?")


def plain_path(operation: Operation, value: str = "17") -> str:
    """Return the vendor's own template with ``value`` in each place."""
    return re.sub(r"\{\w+\}", value, operation.template)


def spellings(operation: Operation) -> list[str]:
    """Return many spellings of one path, each in canonical form already or made so by the canonical form."""
    found: list[str] = []
    for value in VALUES:
        found.append(plain_path(operation, value))
        found.append(_VALUE.sub(value, operation.template))
        if operation.template.startswith("/odata"):
            found.append(_VALUE.sub(f"'{value}'", operation.template).replace("['", "[").replace("']", "]"))
    plain = plain_path(operation)
    found += [plain.lower(), plain.upper(), plain.replace("/", "//"), plain + "/"]
    found += [plain.replace("(", "%28").replace(")", "%29").replace("$", "%24").replace("'", "%27")]
    if "(" in plain:
        head, _, arguments = plain.rpartition("(")
        if "," in arguments:
            turned = ",".join(reversed(arguments.rstrip(")").split(",")))
            found += [f"{head}({turned})", f"{head}({turned})".lower()]
    if operation.template.startswith("/odata/") and not plain.endswith((")", "$metadata")):
        found.append(plain + "()")
    return found
