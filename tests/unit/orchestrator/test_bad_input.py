"""Whatever is sent to an operation that writes: it is refused in the vendor's shape and writes nothing, or it is good.

Each operation gets a good request, and then that request with one thing wrong: every field that the operation looks at,
in the body or missing from it, takes every kind of value that it should not have. What is refused must leave the store
as it was; nothing may end in a failure of the server's own.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.factories.full_desk import FullDesk, GoodRequest, good_requests
from tests.factories.packages import BOUNDARY, FORM, form_of, python_package

from stagedoor.catalog.matcher import CATALOG
from stagedoor.door.errors import Dialect, draw_error
from stagedoor.kit.errors import StagedoorError
from stagedoor.orchestrator.app import ROOMS, join_routes
from stagedoor.orchestrator.call import Body

WRITES = {name: route for name, route in join_routes(ROOMS).items() if route.writes}
GOOD = {request.operation_id: request for request in good_requests()}
WITH_BODY = sorted(name for name, request in GOOD.items() if request.body is not None)
WITH_ARGUMENTS = sorted(name for name, request in GOOD.items() if request.arguments)
WITH_FILES = sorted(name for name, route in WRITES.items() if route.takes_files)
HERE = "\x01here\x01"
OBJECT = '{"a":{"b":[]}}'
LISTS = "[[1]]"
WRONG_VALUES = ("null", "true", "-1", "1" + "0" * 400, '"NoSuchWord"', LISTS, OBJECT)
WRONG_TEXTS = ('""', f'"{"x" * 70_000}"', '"\\u0000"', '"2030-99-99T99:99:99Z"')
WRONG_NUMBERS = ("1.5", "9223372036854775808")
WRONG_LISTS = ("[null]", "[{}]")
# For what the good request leaves out: a few are enough to see that it is read with care.
WRONG_EXTRAS = ("-1", f'"{"x" * 70_000}"', OBJECT)
# Of a setting the name in the path counts; the audit alone looks for one in the body.
NOT_READ = {("Settings_PutById", "Name")}
MALFORMED = {
    "cut off": b'{"Name": "a',
    "not UTF-8": b'{"Name": "\xff\xfe"}',
    "half a pair": b'{"Name": "\\ud800"}',
    "nested": b'{"Name": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "two values": b"{} {}",
    "no number": b'{"Name": NaN}',
    "a word": b"Name",
}
WRONG_ARGUMENTS = ("-1", "0", "99999999999999999999", "abc", "1'", "\x00", "x" * 3000, "", "1.0", "٣")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullDesk]:
    full = FullDesk(tmp_path_factory.mktemp("full") / "desk")
    yield full
    full.close()


def verify(full: FullDesk, request: GoodRequest, body: Any, *, refused: bool = False, **more: Any) -> int:
    """Send it and hold the answer to the rules; nothing of it stays. Returns the status."""
    with full.rehearsing() as rehearsal:
        try:
            answer = full.send(request, body, **more)
        except StagedoorError as error:
            refusal = error
        else:
            assert not refused, f"taken with {answer.status}"
            assert 200 <= answer.status < 300
            return answer.status
    assert not rehearsal.committed, f"refused, and yet something was written: {refusal.public}"
    return verify_shape(refusal)


def verify_shape(refusal: StagedoorError) -> int:
    """Hold a refusal to the vendor's shape; return its status."""
    drawn = draw_error(refusal, Dialect.ORCHESTRATOR, "0" * 32)
    assert 400 <= drawn.status < 500, refusal.internal
    told = json.loads(drawn.body)
    assert isinstance(told["message"], str)
    assert isinstance(told["errorCode"], int)
    return drawn.status


def test_every_operation_that_writes_has_a_good_request_or_takes_files() -> None:
    assert set(GOOD) == {name for name, route in WRITES.items() if not route.takes_files}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_the_good_request_is_carried_out(full: FullDesk, name: str) -> None:
    full.restore()
    request = full.fill_in(GOOD[name])
    try:
        status = full.send(request, request.body).status
    except StagedoorError as refusal:
        status = verify_shape(refusal)
        assert not full.has_changed
    full.restore()
    assert status == request.status or (request.status is None and status < 300)


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_body_that_is_no_json_is_refused(full: FullDesk, name: str) -> None:
    request = full.fill_in(GOOD[name])
    for body in MALFORMED.values():
        verify(full, request, body, refused=True)
    good = json.dumps(request.body).encode()
    for content_type in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "image/png"):
        verify(full, request, good, refused=True, content_type=content_type)
    verify(full, request, good, refused=True, headers={"content-encoding": "gzip"})
    for body in (b"", b"null", b"true", b"7", b'"text"', b"[]", b"[[]]", b"{}", b"[1,null,{}]"):
        verify(full, request, body)


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_field_of_another_kind_is_refused_or_harmless(full: FullDesk, name: str) -> None:
    request = full.fill_in(GOOD[name])
    for path in fields_looked_at(full, request):
        template = json.dumps(with_value(request.body, path, HERE))
        assert json.dumps(HERE) in template
        good = value_at(request.body, path)
        is_scalar = isinstance(good, str | int | float) and (name, path[-1]) not in NOT_READ
        for value in wrong_values_for(good):
            must = value in (OBJECT, LISTS) and is_scalar
            verify(full, request, template.replace(json.dumps(HERE), value).encode(), refused=must)
        twice = template.replace(json.dumps(HERE), f'1,"{path[-1]}":[[]]') if isinstance(path[-1], str) else template
        verify(full, request, twice.encode())


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_field_that_is_missing_is_refused_or_harmless(full: FullDesk, name: str) -> None:
    request = full.fill_in(GOOD[name])
    for path in paths_in(request.body):
        verify(full, request, without(request.body, path))


@pytest.mark.parametrize("name", WITH_ARGUMENTS)
def test_an_argument_in_the_path_that_names_nothing_is_refused_or_harmless(full: FullDesk, name: str) -> None:
    request = full.fill_in(GOOD[name])
    for argument in request.arguments:
        for value in WRONG_ARGUMENTS:
            verify(full, request, request.body, arguments={argument: value})


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_shall_be_shown_and_cannot_be_undoes_the_write(full: FullDesk, name: str) -> None:
    request = full.fill_in(GOOD[name])
    for query in ({"$select": "NoSuchThing"}, {"$expand": "NoSuchThing"}, {"$expand": "("}, {"$filter": "'"}):
        verify(full, request, request.body, query=query)
    for parameter in request.query:
        for value in WRONG_ARGUMENTS:
            verify(full, request, request.body, query={parameter: value})


@pytest.mark.parametrize("name", WITH_FILES)
def test_a_form_that_is_none_is_refused(full: FullDesk, name: str) -> None:
    arguments = dict.fromkeys(path_words(name), "1")
    request = GoodRequest(name, arguments=arguments)
    good = form_of(python_package("New", "2.0.0"))
    head = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.nupkg"\r\n\r\n'.encode()
    for form in (
        good[:-3],
        good[: len(good) // 2],
        head,
        f"--{BOUNDARY}\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode(),
        f"--{BOUNDARY}--\r\n".encode(),
        b"\r\n" * 3,
        head + b"no archive\r\n" + f"--{BOUNDARY}--\r\n".encode(),
        head.replace(b"a.nupkg", b"..%2f\\..\\a\x00.nupkg") + b"PK\x03\x04\r\n" + f"--{BOUNDARY}--\r\n".encode(),
        head * 70 + f"--{BOUNDARY}--\r\n".encode(),
        b"",
    ):
        verify_takes_no_file(full, request, form, FORM)
    for content_type in (
        "multipart/form-data",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=other",
    ):
        verify_takes_no_file(full, request, good, content_type)


def verify_takes_no_file(full: FullDesk, request: GoodRequest, form: bytes, content_type: str) -> None:
    """Send a form for real, and see that it leaves no file and no row behind."""
    before = sorted(full.desk.directory.rglob("*"))
    with pytest.raises(StagedoorError) as refusal:
        full.send(request, form, content_type=content_type)
    verify_shape(refusal.value)
    assert not full.has_changed
    assert sorted(full.desk.directory.rglob("*")) == before


Path = tuple[str | int, ...]


def fields_looked_at(full: FullDesk, request: GoodRequest) -> list[Path]:
    """Return where the operation looks in the good request's body, in this body or for what is not there."""
    places: dict[int, Path] = {}
    kept: list[Body] = []
    seen: dict[Path, None] = {}
    look = Body.__getitem__

    def watched(body: Body, name: str) -> Any:
        if id(body) not in places:
            places[id(body)] = ()
            kept.append(body)
        path = (*places[id(body)], name)
        seen[path] = None
        value = look(body, name)
        for at, one in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(one, Body):
                places.setdefault(id(one), path if at is None else (*path, at))
                kept.append(one)
        return value

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Body, "__getitem__", watched)
        verify(full, request, request.body)
    within = [path for path in paths_in(request.body) if path not in seen and isinstance(path[-1], int)]
    return [path for path in [*seen, *within] if can_hold(request.body, path)]


def paths_in(value: Any, above: Path = ()) -> Iterator[Path]:
    """Return every place in a JSON value."""
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*above, name)
        yield from paths_in(part, (*above, name))


def can_hold(body: Any, path: Path) -> bool:
    try:
        with_value(body, path, None)
    except (KeyError, IndexError, TypeError, StopIteration):
        return False
    return True


def with_value(body: Any, path: Path, value: Any) -> Any:
    """Return the body with a value at a place; names are found in any letter case."""
    changed = json.loads(json.dumps(body))
    part = changed
    for step in path[:-1]:
        part = part[step] if isinstance(step, int) else part[_name_in(part, step)]
    if isinstance(part, list) is not isinstance(path[-1], int):
        raise TypeError(path)
    part[path[-1] if isinstance(part, list) else _name_in(part, str(path[-1]))] = value
    return changed


def without(body: Any, path: Path) -> Any:
    """Return the body without what is at a place."""
    changed = json.loads(json.dumps(body))
    part = changed
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    return changed


def value_at(body: Any, path: Path) -> Any:
    """Return what the body has at a place, ``None`` for nothing."""
    part = body
    for step in path:
        name = step if isinstance(step, int) else _name_in(part, step)
        if isinstance(part, Mapping) and name not in part:
            return None
        part = part[name]
    return part


def wrong_values_for(good: Any) -> tuple[str, ...]:
    """Return what to put where the good request has this."""
    if good is None:
        return WRONG_EXTRAS
    if isinstance(good, bool | int | float):
        return WRONG_VALUES + WRONG_NUMBERS
    return WRONG_VALUES + (WRONG_LISTS if isinstance(good, list) else WRONG_TEXTS)


def _name_in(part: Any, name: str) -> str:
    return next((known for known in part if known.lower() == name.lower()), name)


def path_words(operation_id: str) -> list[str]:
    """Return the names of what stands in an operation's path."""
    template = CATALOG.get_operation(operation_id).template
    return [piece.partition("}")[0] for piece in template.split("{")[1:]]
