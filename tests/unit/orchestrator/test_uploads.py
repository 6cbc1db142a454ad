from io import BytesIO

import pytest

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.uploads import (
    FIELD_BYTES_MAX,
    HELD_BYTES_MAX,
    PARTS_MAX,
    Uploads,
    attachment_header,
    opened_uploads,
    safe_file_name,
)

FORM = "multipart/form-data; boundary=b"


def part(content: bytes, disposition: str, content_type: str = "") -> bytes:
    head = f"--b\r\nContent-Disposition: {disposition}\r\n"
    if content_type:
        head += f"Content-Type: {content_type}\r\n"
    return head.encode() + b"\r\n" + content + b"\r\n"


def form(*parts: bytes) -> BytesIO:
    return BytesIO(b"".join(parts) + b"--b--\r\n")


def test_files_and_fields_of_a_form_are_read_in_their_order() -> None:
    body = form(
        part(b"PK\x03\x04", 'form-data; name="file"; filename="C:\\packs\\Bot.1.0.0.nupkg"', "application/zip"),
        part(b"17", 'form-data; name="feedId"'),
        part(b"", 'form-data; name="other"; filename="empty.txt"'),
    )
    with opened_uploads(body, FORM) as uploads:
        [first, second] = uploads.files
        assert (first.field_name, first.file_name, first.content_type, first.size) == (
            "file",
            "Bot.1.0.0.nupkg",
            "application/zip",
            4,
        )
        assert first.content.read() == b"PK\x03\x04"
        assert (second.file_name, second.size) == ("empty.txt", 0)
        assert uploads.fields == {"feedId": "17"}
        assert uploads.get_file("OTHER") is second
        assert uploads.get_file() is first
    assert first.content.closed


def test_a_large_file_leaves_memory_for_the_disk() -> None:
    content = b"x" * (HELD_BYTES_MAX + 1)
    with opened_uploads(form(part(content, 'form-data; name="f"; filename="f"')), FORM) as uploads:
        assert uploads.get_file().content.read() == content


def test_a_body_that_is_no_form_is_one_file() -> None:
    with opened_uploads(BytesIO(b"abc"), "application/octet-stream") as uploads:
        assert (uploads.get_file().size, uploads.get_file().content.read()) == (3, b"abc")
    with opened_uploads(BytesIO(), "") as uploads, pytest.raises(InvalidRequest, match="no file"):
        uploads.get_file()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (form(), "multipart/form-data"),
        (form(), "multipart/form-data; boundary=" + "b" * 300),
        (BytesIO(part(b"x", 'form-data; name="f"')), FORM),
        (BytesIO(b""), FORM),
        (BytesIO(b"no form at all"), FORM),
        (form(part(b"x", 'form-data; filename="f"')), FORM),
        (form(part(b"x", 'attachment; name="f"')), FORM),
        (form(part(b"x", 'form-data; name="\xff"').replace(b"\xc3\xbf", b"\xff")), FORM),
        (form(part(b"x" * (FIELD_BYTES_MAX + 1), 'form-data; name="f"')), FORM),
        (form(*[part(b"x", f'form-data; name="f{number}"') for number in range(PARTS_MAX + 1)]), FORM),
    ],
)
def test_a_malformed_or_excessive_form_is_refused(body: BytesIO, content_type: str) -> None:
    with pytest.raises(InvalidRequest), opened_uploads(body, content_type):
        pass


def test_only_the_named_fields_count_where_they_are_named() -> None:
    with pytest.raises(InvalidRequest):
        Uploads().get_file("file")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("a/b/c.txt", "c.txt"), ("..\\..\\c.txt", "c.txt"), ("a\r\nb\x00", "ab"), ("x" * 300, "x" * 255), ("", "")],
)
def test_a_file_name_is_a_name_and_no_path(sent: str, kept: str) -> None:
    assert safe_file_name(sent) == kept


def test_a_content_disposition_takes_any_name_and_breaks_no_line() -> None:
    assert attachment_header("a b.zip") == 'attachment; filename="a b.zip"'
    written = attachment_header("\u00fc\r\nX: y.zip")
    assert written.isascii()
    assert "\r" not in written
    assert "%C3%BC" in written
