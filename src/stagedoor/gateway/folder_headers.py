"""The headers by which a request names its folder: read in one order, sent on as one."""

import base64
import binascii
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from stagedoor.catalog.operations import FolderNeed
from stagedoor.gateway.errors import FolderHeaderMalformed
from stagedoor.passage import FolderPlace, RequestHead

FOLDER_PATH_CHARACTERS_MAX = 1024


class FolderReferenceKind(StrEnum):
    """By what a header names the folder."""

    KEY = "x-uipath-folderkey"
    ENCODED_PATH = "x-uipath-folderpath-encoded"
    PATH = "x-uipath-folderpath"
    ID = "x-uipath-organizationunitid"


FOLDER_HEADERS = frozenset(kind.value.encode() for kind in FolderReferenceKind)
_KINDS = tuple((kind, kind.value) for kind in FolderReferenceKind)
_KEY_HEADER = FolderReferenceKind.KEY.value.encode()


@dataclass(frozen=True, slots=True)
class FolderReference:
    """What the request says about its folder: ``value`` is a GUID, a path without leading slash, or a number."""

    kind: FolderReferenceKind
    value: str


def read_folder_reference(head: RequestHead) -> FolderReference | None:
    """Return the folder that the headers name, or ``None``.

    Several headers at once are usual (the vendor's TypeScript client sends each it was given). The steadiest wins:
    key, encoded path, path, number. An empty header counts as absent. Raises :class:`FolderHeaderMalformed`.
    """
    for kind, name in _KINDS:
        value = head.headers.get(name, "").strip()
        if value:
            return FolderReference(kind, _read_value(kind, value))
    return None


def _read_value(kind: FolderReferenceKind, value: str) -> str:
    if kind is FolderReferenceKind.ENCODED_PATH:
        try:
            value = base64.b64decode(value, validate=True).decode("utf-16-le")
        except (binascii.Error, UnicodeDecodeError) as broken:
            raise FolderHeaderMalformed(
                "X-UIPATH-FolderPath-Encoded is not Base64 of a path in UTF-16LE.",
                hint="Send a plain path in X-UIPATH-FolderPath instead.",
            ) from broken
    if kind is FolderReferenceKind.PATH:
        # The server hands headers on as Latin-1 (RFC 9110 section 5.5); a path beyond ASCII is usually UTF-8.
        with suppress(UnicodeError):
            value = value.encode("latin-1").decode()
    if kind is FolderReferenceKind.ID:
        if not (value.isascii() and value.isdigit() and len(value) <= 19):
            raise FolderHeaderMalformed(
                "X-UIPATH-OrganizationUnitId is not a folder's number.",
                hint="Send a number, or name the folder by its path in X-UIPATH-FolderPath.",
            )
        return value
    if kind in (FolderReferenceKind.PATH, FolderReferenceKind.ENCODED_PATH):
        if len(value) > FOLDER_PATH_CHARACTERS_MAX:
            raise FolderHeaderMalformed("The folder's path is too long.")
        value = value.strip("/")
        if ".." in value.split("/"):
            raise FolderHeaderMalformed("The folder's path may not go upwards.")
    return value


def folder_headers_onward(
    head: RequestHead, folder: FolderPlace | None, need: FolderNeed
) -> tuple[tuple[bytes, bytes], ...]:
    """Return the one folder header that goes upstream: the folder that was judged, never a second opinion."""
    if folder is not None:
        return ((_KEY_HEADER, folder.key.encode()),)
    if need is FolderNeed.NONE:
        return ()
    for _, name in _KINDS:
        if value := head.headers.get(name, "").strip():
            return ((name.encode(), value.encode("latin-1")),)
    return ()
