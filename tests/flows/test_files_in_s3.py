"""A whole server that keeps its files in S3: they go in and out by addresses as from a disk, and none lies here."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.factories.administrator import administrator_of
from tests.factories.s3_server import CREDENTIALS, S3Server, s3_server
from tests.factories.served import served

CONTENT = b"0123456789" * 700_000


@pytest.fixture
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        server.make_bucket("house-files")
        yield server


def test_a_file_goes_to_s3_and_comes_back(s3: S3Server, own_data_dir: Path) -> None:
    where = ("--files", f"s3://house-files/dev?endpoint={s3.url}")
    with served(own_data_dir, *where, environment=CREDENTIALS) as house, administrator_of(house) as administrator:
        made = administrator.create("Attachments", {"Name": "large.bin"}, folder=house.folder)
        put = httpx2.put(made["BlobFileAccess"]["Uri"], content=CONTENT)
        assert put.status_code == 201, put.text
        folder = {"X-UIPATH-FolderPath": house.folder}
        read = administrator.orchestrator.get(f"/odata/Attachments({made['Id']})", headers=folder).json()
        address = read["BlobFileAccess"]["Uri"]
        assert httpx2.get(address).content == CONTENT
        part = httpx2.get(address, headers={"Range": "bytes=6999995-"})
        assert (part.status_code, part.content) == (206, b"56789")
        log = house.log()
    listing = httpx2.get(f"{s3.url}/house-files").text
    assert listing.count("<Key>dev/") >= 1
    assert not (own_data_dir / "files").exists()
    assert CREDENTIALS["AWS_SECRET_ACCESS_KEY"] not in log
