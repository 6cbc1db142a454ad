"""Whatever bytes come as a package, it is one or it is refused; nothing else ever happens."""

from contextlib import suppress
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.packages import library_package, python_files, python_package, studio_package, zip_of

from stagedoor.orchestrator.package_files.arguments import list_arguments
from stagedoor.orchestrator.package_files.errors import PackageRefused
from stagedoor.orchestrator.package_files.reader import read_package

WHOLE = [python_package(), studio_package(), library_package()]
JSON_PIECES = ['{"', '":', "[", "]", "{", "}", ",", '"input"', '"entryPoints"', '"filePath"', '"main"', "null", "1e9"]


def read_or_refuse(content: bytes) -> None:
    with suppress(PackageRefused):
        package = read_package(BytesIO(content))
        assert package.name
        assert package.version
        for entry in package.all_entry_points:
            list_arguments(entry.input_arguments)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WHOLE), st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=6)), max_size=8))
def test_a_package_with_bytes_overwritten(content: bytes, changes: list[tuple[int, bytes]]) -> None:
    changed = bytearray(content)
    for at, written in changes:
        place = at % len(changed)
        changed[place : place + len(written)] = written
    read_or_refuse(bytes(changed))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(WHOLE), st.integers(0, 5000), st.integers(0, 5000))
def test_a_package_with_a_piece_cut_out(content: bytes, start: int, length: int) -> None:
    read_or_refuse(content[: start % len(content)] + content[start % len(content) + length :])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda head: head + b"PK\x05\x06" + bytes(18)))
def test_any_bytes(content: bytes) -> None:
    read_or_refuse(content)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["content/operate.json", "content/entry-points.json", "lib/x/project.json", "Reader.nuspec"]),
    st.lists(st.sampled_from(JSON_PIECES), max_size=30).map("".join)
    | st.text("<>/&;!?packgemetdiv[]x=\"' ", max_size=200)
    | st.binary(max_size=200),
)
def test_a_package_that_says_anything_of_itself(name: str, written: str | bytes) -> None:
    with suppress(UnicodeEncodeError):
        read_or_refuse(zip_of({**python_files(), name: written}))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=60))
def test_a_package_with_a_file_of_any_name(name: str) -> None:
    with suppress(UnicodeEncodeError):
        read_or_refuse(zip_of({**python_files(), name: b""}))
