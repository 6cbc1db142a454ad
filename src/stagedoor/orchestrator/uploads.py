"""Files that come with a request, as ``multipart/form-data`` (RFC 7578) or as the whole body."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from stagedoor.orchestrator.errors import InvalidRequest

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

PARTS_MAX = 64
FIELD_BYTES_MAX = 64 * 1024
FILE_NAME_LENGTH_MAX = 255
PIECE_BYTES = 256 * 1024
HELD_BYTES_MAX = 1024 * 1024
"""A file of up to this many bytes is held in memory, a larger one on disk."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a request. ``file_name`` is the last part of what the caller called it, and may be empty."""

    field_name: str
    file_name: str
    content_type: str
    content: BinaryIO
    size: int


@dataclass(slots=True)
class Uploads:
    """Everything that came with a request: files in their order, and the other fields of the form by name.

    ``prepared`` is what the operation's own preparation made of them, or its survey read, before its transaction began.
    """

    files: list[Upload] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    prepared: Any = None

    def get_file(self, *field_names: str) -> Upload:
        """Return the first file, of the named fields if any are named; raises :class:`InvalidRequest` without one."""
        for upload in self.files:
            if not field_names or upload.field_name.lower() in {name.lower() for name in field_names}:
                return upload
        raise InvalidRequest(
            "The request holds no file.",
            hint="Send it as multipart/form-data, with a file in a field of its own.",
        )


@contextmanager
def opened_uploads(body: BinaryIO, content_type: str) -> Iterator[Uploads]:
    """Read the files of a request's body; they are gone when the context ends.

    A body that is no form is one file without a name. Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest`
    for a form that is malformed, has more than :data:`PARTS_MAX` parts or a field beyond :data:`FIELD_BYTES_MAX`.
    """
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        size = body.seek(0, 2)
        body.seek(0)
        yield Uploads([Upload("", "", content_type, body, size)] if size else [])
        return
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise InvalidRequest("The form has no boundary in its Content-Type.")
    with ExitStack() as held:
        reader = _Reader(held)
        try:
            parser = MultipartParser(boundary, reader.callbacks())
            body.seek(0)
            while piece := body.read(PIECE_BYTES):
                parser.write(piece)
            parser.finalize()
        except FormParserError as malformed:
            raise InvalidRequest(
                "The form in the request's body is malformed.", internal=type(malformed).__name__
            ) from None
        if not reader.has_ended:
            raise InvalidRequest("The form in the request's body is not complete.")
        yield reader.uploads


class _Reader:
    def __init__(self, held: ExitStack) -> None:
        self.uploads = Uploads()
        self.has_ended = False
        self._held = held
        self._parts = 0
        self._name = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._disposition: dict[bytes, bytes] = {}
        self._field = bytearray()
        self._file: BinaryIO | None = None

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": self._read_name,
            "on_header_value": self._read_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._read_data,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def _begin_part(self) -> None:
        self._parts += 1
        if self._parts > PARTS_MAX:
            raise InvalidRequest(f"The form has more than {PARTS_MAX} parts.")
        self._headers, self._field, self._file = {}, bytearray(), None

    def _read_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _read_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _end_headers(self) -> None:
        kind, self._disposition = parse_options_header(self._headers.get(b"content-disposition", b""))
        if kind != b"form-data" or b"name" not in self._disposition:
            raise InvalidRequest("A part of the form has no name.")
        if b"filename" in self._disposition:
            spooled = SpooledTemporaryFile(HELD_BYTES_MAX)  # noqa: SIM115  # the caller's context closes it
            self._file = cast("BinaryIO", self._held.enter_context(spooled))

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._file.write(data[start:end])
            return
        self._field += data[start:end]
        if len(self._field) > FIELD_BYTES_MAX:
            raise InvalidRequest(f"A field of the form is longer than {FIELD_BYTES_MAX} bytes.")

    def _end_part(self) -> None:
        name = _as_text(self._disposition[b"name"])
        if self._file is None:
            self.uploads.fields[name] = _as_text(bytes(self._field))
            return
        size = self._file.tell()
        self._file.seek(0)
        content_type = _as_text(self._headers.get(b"content-type", b""))
        self.uploads.files.append(
            Upload(name, safe_file_name(_as_text(self._disposition[b"filename"])), content_type, self._file, size)
        )

    def _end(self) -> None:
        self.has_ended = True


def safe_file_name(text: str) -> str:
    """Return the last part of a path as a name: no folders, no control characters, at most 255 letters."""
    return _CONTROL.sub("", re.split(r"[/\\]", text)[-1])[:FILE_NAME_LENGTH_MAX]


def attachment_header(file_name: str) -> str:
    """Return a ``Content-Disposition`` that lets a browser save the content under the name (RFC 6266)."""
    message = Message()
    name = safe_file_name(file_name)
    message.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return message["Content-Disposition"]


def _as_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise InvalidRequest("A name or a field of the form is not written in UTF-8.") from None
