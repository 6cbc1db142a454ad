"""What is true of files in S3 alone: what lies beside them, and a server that is not there."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import httpx2
import pytest
from tests.factories.s3_server import CREDENTIALS, S3Server, s3_server

from stagedoor.kit.file_place import open_files
from stagedoor.kit.files import FilesUnavailable
from stagedoor.kit.s3_files import S3Files
from stagedoor.kit.secret import Secret
from stagedoor.kit.settings import Settings

NAME = "0123456789abcdef0123456789abcdef"
LARGE = b"x" * (6 * 1024 * 1024)


@pytest.fixture
def own_server() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


def test_what_lies_beside_the_files_is_left_alone(s3: S3Server) -> None:
    s3.make_bucket("shared-bucket")
    files = S3Files(s3.address("shared-bucket", "ours"))
    for key in (NAME, f"theirs/{NAME}", "ours/readme.txt", f"ours/deep/{NAME}"):
        assert httpx2.put(f"{s3.url}/shared-bucket/{key}", content=b"x").status_code == 200
    assert list(files.names_before(2**40)) == []
    files.keep(NAME, BytesIO(b"content"))
    assert list(files.names_before(2**40)) == [NAME]
    assert f"<Key>ours/{NAME}</Key>" in httpx2.get(f"{s3.url}/shared-bucket").text


def test_a_bucket_that_is_not_there_is_told_at_the_start(s3: S3Server) -> None:
    with pytest.raises(FilesUnavailable):
        S3Files(s3.address("no-such-bucket")).verify()
    s3.make_bucket("there-is-one")
    S3Files(s3.address("there-is-one")).verify()


def test_settings_lead_to_the_bucket_or_to_the_data_directory(s3: S3Server, tmp_path: Path) -> None:
    s3.make_bucket("settings-lead-here")
    there = Settings(data_dir=tmp_path, files=s3.address("settings-lead-here"))
    open_files(there).keep(NAME, BytesIO(b"content"))
    assert list(tmp_path.iterdir()) == []
    assert NAME in httpx2.get(f"{s3.url}/settings-lead-here").text
    open_files(Settings(data_dir=tmp_path)).keep(NAME, BytesIO(b"content"))
    assert (tmp_path / "files" / NAME[:2] / NAME).is_file()
    with pytest.raises(FilesUnavailable) as failure:
        open_files(Settings(data_dir=tmp_path, files=s3.address("nobody-made-this")))
    assert "nobody-made-this" in failure.value.public
    assert failure.value.public.endswith("404 Not Found")


def test_a_session_s_token_goes_along(s3: S3Server) -> None:
    s3.make_bucket("with-a-token")
    files = S3Files(replace(s3.address("with-a-token"), session_token=Secret("canary-of-a-session")))
    files.keep(NAME, BytesIO(b"content"))
    content = files.open(NAME)
    content.close()
    content.close()
    assert content.closed


def test_a_server_that_is_away_is_told_without_the_credentials(own_server: S3Server) -> None:
    own_server.make_bucket("away")
    files = S3Files(own_server.address("away"))
    files.keep(NAME, BytesIO(LARGE))
    reading = files.open(NAME)
    assert reading.read(1) == b"x"
    own_server.process.kill()
    own_server.process.wait()
    uses = (
        files.verify,
        lambda: files.keep(NAME, BytesIO(b"content")),
        lambda: files.keep(NAME, BytesIO(LARGE)),
        lambda: files.open(NAME),
        lambda: files.remove(NAME),
        lambda: list(files.names_before(0)),
        lambda: reading.read(),
    )
    for use in uses:
        with pytest.raises(FilesUnavailable) as failure:
            use()
        assert failure.value.status == 503
        for secret in CREDENTIALS.values():
            assert secret not in str(failure.value.internal)
