"""Whatever stands in an address or in the name of a file, it is read or refused; and what is read is in one form."""

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.kit.crypto import Vault
from stagedoor.orchestrator.buckets.paths import (
    directories_of,
    parent_of,
    read_directory_path,
    read_file_path,
    read_glob,
    read_prefix,
)
from stagedoor.orchestrator.business_rules.decision_models import verify_decision_model
from stagedoor.orchestrator.errors import InvalidRequest, OrchestratorError
from stagedoor.orchestrator.file_addresses.access import file_name_in_address
from stagedoor.orchestrator.file_addresses.permits import FilePermit, read_permit, sign_permit

VAULT = Vault(bytes(32))
PATHS = st.text(st.sampled_from("ab./\\% \x00é\U0010ffff")) | st.text()

permits = st.builds(
    FilePermit,
    tenant_id=st.text(),
    room=st.text(),
    thing=st.text(),
    path=st.text(),
    method=st.sampled_from(["GET", "PUT"]),
    expires=st.integers(0, 2**62),
    content_type=st.text(),
    request_id=st.text(),
)


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[0-9a-f]{64}", fullmatch=True))
def test_no_text_is_a_permit_that_was_not_signed_here(text: str) -> None:
    try:
        read_permit(text, VAULT)
    except OrchestratorError:
        return
    raise AssertionError(text)


@given(permits)
def test_a_permit_comes_back_as_it_was_signed_and_under_no_other_key(permit: FilePermit) -> None:
    try:
        text = sign_permit(permit, VAULT)
    except (TypeError, UnicodeEncodeError):
        # Half of a surrogate pair, which no field of a request can hold.
        return
    assert read_permit(text, VAULT) == permit
    try:
        read_permit(text, Vault(b"\x01" * 32))
    except OrchestratorError:
        return
    raise AssertionError(text)


@given(PATHS)
def test_a_path_is_in_one_form_or_refused(written: str) -> None:
    try:
        path = read_file_path(written)
    except InvalidRequest:
        return
    assert path == read_file_path(path)
    parts = path.split("/")
    assert parts[0] == ""
    assert all(parts[1:])
    assert not {".", ".."} & {part.strip() for part in parts}
    assert read_directory_path(parent_of(path)) == parent_of(path)
    assert [path.startswith(f"{directory}/") for directory in directories_of(path)] == [True] * (len(parts) - 2)


@given(PATHS)
def test_prefixes_patterns_and_names_are_read_or_refused(written: str) -> None:
    for read in (read_prefix, read_glob):
        try:
            read(written)
        except InvalidRequest:
            continue
    name = file_name_in_address(written)
    assert name.isascii()
    assert name.strip(".")
    assert not set(name) & set("/\\?#%;")


@given(st.binary() | st.text('<>/!&;=" abDOCTYPEdefinitions').map(str.encode))
def test_any_file_is_a_decision_model_or_refused(content: bytes) -> None:
    try:
        verify_decision_model(BytesIO(content), len(content))
    except InvalidRequest:
        return
    raise AssertionError(content)
