"""Addresses as rooms give them out: the vendor's ``BlobFileAccessDto``."""

import re
from typing import Any

from stagedoor.orchestrator.call import Call
from stagedoor.orchestrator.fields import find_query_integer
from stagedoor.orchestrator.file_addresses.permits import READ, WRITE, FilePermit, sign_permit
from stagedoor.passage import CredentialKind

ROOT = "files_"
"""The first part of such an address behind the tenant's; the door knows it too."""

MINUTES = 30
"""How long an address lasts where nothing is said."""
MINUTES_MAX = 7 * 24 * 60

# Programs written for the vendor's cloud take the first of the headers without looking whether there is one.
WRITE_HEADERS = {"x-ms-blob-type": "BlockBlob"}

_STRANGE = re.compile(r"[^A-Za-z0-9._-]")
FILE_NAME_LENGTH_MAX = 80


def read_minutes(call: Call, name: str = "expiryInMinutes") -> int:
    """Return how long an address is to last: as asked, a week at most; none or 0 stands for half an hour."""
    return find_query_integer(call, name, default=0, most=MINUTES_MAX) or MINUTES


def show_read_access(call: Call, room: str, thing: object, path: str, *, minutes: int) -> dict[str, Any]:
    """Return an address to download a file from. A room without places gives the file's name as its path."""
    return _shown(call, _permit(call, room, thing, path, READ, minutes, ""), {})


def show_write_access(
    call: Call, room: str, thing: object, path: str, *, minutes: int, content_type: str = ""
) -> dict[str, Any]:
    """Return an address to upload a file to, of this type alone if one is named."""
    return _shown(call, _permit(call, room, thing, path, WRITE, minutes, content_type), WRITE_HEADERS)


def file_name_in_address(path: str) -> str:
    """Return the last part of a path as an address shows it: a name that every tool and system takes."""
    plain = _STRANGE.sub("_", path.rpartition("/")[2])[-FILE_NAME_LENGTH_MAX:]
    return plain if plain.strip(".") else "file"


def _permit(
    call: Call, room: str, thing: object, path: str, method: str, minutes: int, content_type: str
) -> FilePermit:
    return FilePermit(
        tenant_id=call.tenant.tenant_id,
        room=room,
        thing=str(thing),
        path=path,
        method=method,
        expires=_end(call, minutes),
        content_type=content_type,
        request_id=call.request_id,
    )


def _end(call: Call, minutes: int) -> int:
    asked = int(call.clock.now().timestamp()) + minutes * 60
    ends = call.caller.terms.not_after
    if ends is None or call.caller.credential_kind is not CredentialKind.NARROWED_KEY:
        return asked
    # Whoever narrowed the key to an hour meant this, too.
    return min(asked, int(ends.timestamp()))


def _shown(call: Call, permit: FilePermit, headers: dict[str, str]) -> dict[str, Any]:
    address = f"{call.base_url}/{ROOT}/{file_name_in_address(permit.path)}?permit={sign_permit(permit, call.vault)}"
    return {
        "Uri": address,
        "Verb": permit.method,
        "RequiresAuth": False,
        "Headers": {"Keys": list(headers), "Values": list(headers.values())},
    }
