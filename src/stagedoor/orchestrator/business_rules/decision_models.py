"""Whether an uploaded file is a decision model: DMN, the XML of the Object Management Group.

Read by expat piece by piece, without document types, whose entities could make a small file large (RFC 7303, section
10), and looked at no further than that it is well formed and begins as the standard says.
"""

from typing import BinaryIO
from xml.parsers import expat

from stagedoor.orchestrator.errors import InvalidRequest

BYTES_MAX = 1024 * 1024
NAMESPACES = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")
DEPTH_MAX = 256
PIECE_BYTES = 64 * 1024


class _NotADecisionModel(Exception):
    """Ends the reading; the reason is its text."""


def verify_decision_model(content: BinaryIO, size: int) -> None:
    """Return if the content is a DMN file, standing at its beginning again.

    Raises ``InvalidRequest`` (400/1000) for more than a mebibyte, for what is no well-formed XML, for a document type
    and for another root than DMN's ``definitions``.
    """
    if size > BYTES_MAX:
        raise _refused(f"may have {BYTES_MAX} bytes")
    try:
        _read(content)
    except expat.ExpatError as malformed:
        raise _refused("is not well-formed XML", internal=str(malformed)) from None
    except _NotADecisionModel as other:
        raise _refused(str(other)) from None
    content.seek(0)


def _read(content: BinaryIO) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def begin(name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        if depth == 0:
            namespace, _, root = name.rpartition(" ")
            if root != "definitions" or not namespace.startswith(NAMESPACES):
                raise _NotADecisionModel("is no DMN file: its root is not DMN's definitions")
        depth += 1
        if depth > DEPTH_MAX:
            raise _NotADecisionModel(f"is nested more than {DEPTH_MAX} deep")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse_document_type(*_: object) -> None:
        raise _NotADecisionModel("has a document type, which no DMN file needs")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse_document_type
    content.seek(0)
    while piece := content.read(PIECE_BYTES):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _refused(sentence: str, *, internal: str | None = None) -> InvalidRequest:
    return InvalidRequest(
        f"The file {sentence}.",
        hint="Upload the .dmn file as the editor saved it.",
        details={"field": "file"},
        internal=internal,
    )
