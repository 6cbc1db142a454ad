"""One contract, every place that keeps files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.factories.s3_server import S3Server, s3_server

from stagedoor.kit.files import Files, LocalFiles
from stagedoor.kit.s3_files import S3Files


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """A server that speaks as S3 does."""
    with s3_server() as server:
        yield server


@pytest.fixture(params=["local", "s3"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    """A directory of this machine, and a bucket, each with nothing in it."""
    if request.param == "local":
        return LocalFiles(tmp_path / "files")
    server: S3Server = request.getfixturevalue("s3")
    bucket = f"files-{abs(hash(request.node.nodeid)):x}"
    server.make_bucket(bucket)
    return S3Files(server.address(bucket, "kept/here"))
