from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from tests.factories.orchestrator import OTHER_TENANT, Desk, desk_in

from stagedoor.kit.files import FileMissing
from stagedoor.orchestrator.call import Answer, Call, FileContent
from stagedoor.orchestrator.registry import Routes
from stagedoor.orchestrator.stored_files import service


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_in(tmp_path, [routes])
    yield desk
    desk.database.close()


routes = Routes()


@routes.writes("Processes_UploadPackage", takes_files=True)
def keep(call: Call) -> Answer:
    """Keep a file and answer its name."""
    row = service.keep(call, call.uploads.get_file().content, content_type="application/zip")
    return Answer(content={"name": row.name, "size": row.size})


@routes.reads("Processes_DownloadPackageByKey")
def show(call: Call) -> Answer:
    """Answer the file."""
    return Answer(content=service.show(call, call.path_arguments["key"]), headers={"Content-Type": "application/zip"})


@routes.writes("Processes_DeleteById")
def release(call: Call) -> Answer:
    """Let the file go."""
    service.release(call.session, call.path_arguments["key"])
    return Answer(status=204)


@routes.writes("Processes_Get")
def fail(call: Call) -> Answer:
    """Keep a file that nobody will know of."""
    service.keep(call, BytesIO(b"lost"))
    raise ValueError


def upload(desk: Desk) -> str:
    answer = desk.call("Processes_UploadPackage", b"content", content_type="application/octet-stream")
    assert answer.content["size"] == 7
    return str(answer.content["name"])


def files_of(desk: Desk) -> list[str]:
    return list(desk.files.names_before(2**40))


def age(desk: Desk) -> None:
    """Let every file look old, and the next sweep be due."""
    desk.clock.advance(timedelta(days=36500))


def test_a_file_comes_back_as_it_was(desk: Desk) -> None:
    content = desk.call("Processes_DownloadPackageByKey", key=upload(desk)).content
    assert isinstance(content, FileContent)
    with content.stream as stream:
        assert (content.size, stream.read()) == (7, b"content")


def test_another_tenant_has_no_such_file(desk: Desk) -> None:
    with pytest.raises(FileMissing):
        desk.call("Processes_DownloadPackageByKey", key=upload(desk), tenant=OTHER_TENANT)


def test_the_sweep_removes_what_was_released_or_never_written_down_and_nothing_else(desk: Desk) -> None:
    kept, released = upload(desk), upload(desk)
    with pytest.raises(ValueError):  # raised by the handler above, without words
        desk.call("Processes_Get")
    desk.call("Processes_DeleteById", key=released)
    assert len(files_of(desk)) == 3
    age(desk)
    desk.orchestrator.attend_to_duties()
    assert files_of(desk) == [kept]


def test_a_young_file_is_left_to_whoever_writes_it_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError):  # raised by the handler above, without words
        desk.call("Processes_Get")
    asked: list[float] = []
    monkeypatch.setattr(type(desk.files), "names_before", lambda self, seconds: asked.append(seconds) or iter(()))
    desk.orchestrator.attend_to_duties()
    assert asked == [(desk.clock.now() - timedelta(hours=1)).timestamp()]
