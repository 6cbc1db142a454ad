"""What a scripted job says of itself as a test case: what it asserted, and the files that it attached."""

from base64 import b64decode
from binascii import Error as MalformedBase64
from dataclasses import dataclass

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.fields import find_boolean, find_objects, find_text, find_texts, get_required, get_text

ASSERTIONS_MAX = 100
ATTACHMENTS_MAX = 20
CONTENT_LENGTH_MAX = 512 * 1024
"""Letters of Base64; scripts are kept with their jobs."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing that was asserted, with a picture perhaps."""

    message: str
    succeeded: bool
    payload: str | None = None
    screenshot: bytes | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the test case, or of the whole test set's run."""

    file_name: str
    mime_type: str
    content: bytes
    tags: tuple[str, ...] = ()
    is_of_test_set: bool = False


@dataclass(frozen=True, slots=True)
class TestReport:
    """Everything that a job says of itself as a test case."""

    __test__ = False

    assertions: tuple[Assertion, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def read_report(body: Body) -> TestReport:
    """Read the ``test`` part of a script; raises ``InvalidRequest`` naming the field that is wrong."""
    assertions = find_objects(body, "assertions", entries_max=ASSERTIONS_MAX) or []
    attachments = find_objects(body, "attachments", entries_max=ATTACHMENTS_MAX) or []
    return TestReport(tuple(map(_read_assertion, assertions)), tuple(map(_read_attachment, attachments)))


def _read_assertion(body: Body) -> Assertion:
    return Assertion(
        message=find_text(body, "message", length_max=4_000) or "",
        succeeded=find_boolean(body, "succeeded") is not False,
        payload=find_text(body, "payload", length_max=10_000),
        screenshot=_find_content(body, "screenshot"),
    )


def _read_attachment(body: Body) -> Attachment:
    return Attachment(
        file_name=get_text(body, "fileName", length_max=255),
        mime_type=find_text(body, "mimeType", length_max=255) or "application/octet-stream",
        content=get_required(_find_content(body, "content"), "content"),
        tags=tuple(find_texts(body, "tags") or ()),
        is_of_test_set=bool(find_boolean(body, "ofTestSet")),
    )


def _find_content(body: Body, name: str) -> bytes | None:
    written = find_text(body, name, length_max=CONTENT_LENGTH_MAX)
    if written is None:
        return None
    try:
        return b64decode(written, validate=True)
    except (MalformedBase64, ValueError):
        raise InvalidRequest(f"The {name} field must be written in Base64.", details={"field": name}) from None
