import base64

import pytest

from stagedoor.catalog.operations import FolderNeed
from stagedoor.gateway.errors import FolderHeaderMalformed
from stagedoor.gateway.folder_headers import FolderReferenceKind, folder_headers_onward, read_folder_reference
from stagedoor.passage import FolderPlace, RequestHead


def head_with(**headers: str) -> RequestHead:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = tuple((name.encode(), value.encode("latin-1")) for name, value in named.items())
    return RequestHead(method="GET", path="/", query="", headers=named, raw_headers=raw, client_address="127.0.0.1")


def encoded(path: str) -> str:
    return base64.b64encode(path.encode("utf-16-le")).decode()


def test_no_folder_header_names_no_folder() -> None:
    assert read_folder_reference(head_with()) is None
    assert read_folder_reference(head_with(x_uipath_organizationunitid="  ")) is None


@pytest.mark.parametrize(
    ("headers", "kind", "value"),
    [
        ({"x_uipath_organizationunitid": "12"}, FolderReferenceKind.ID, "12"),
        ({"x_uipath_folderpath": "/Shared/Invoices/"}, FolderReferenceKind.PATH, "Shared/Invoices"),
        ({"x_uipath_folderpath": "Müller".encode().decode("latin-1")}, FolderReferenceKind.PATH, "Müller"),
        ({"x_uipath_folderpath": "Müller"}, FolderReferenceKind.PATH, "Müller"),
        ({"x_uipath_folderpath_encoded": encoded("/Müller")}, FolderReferenceKind.ENCODED_PATH, "Müller"),
        ({"x_uipath_folderkey": "abc"}, FolderReferenceKind.KEY, "abc"),
    ],
)
def test_each_header_names_the_folder_in_its_own_way(
    headers: dict[str, str], kind: FolderReferenceKind, value: str
) -> None:
    reference = read_folder_reference(head_with(**headers))
    assert reference is not None
    assert (reference.kind, reference.value) == (kind, value)


def test_of_several_headers_the_steadiest_wins() -> None:
    head = head_with(x_uipath_organizationunitid="12", x_uipath_folderpath="Shared", x_uipath_folderkey="key-1")
    reference = read_folder_reference(head)
    assert reference is not None
    assert reference.kind is FolderReferenceKind.KEY


@pytest.mark.parametrize(
    "headers",
    [
        {"x_uipath_organizationunitid": "12; drop"},
        {"x_uipath_organizationunitid": "-1"},
        {"x_uipath_organizationunitid": "9" * 20},
        {"x_uipath_folderpath_encoded": "%C3%BC"},
        {"x_uipath_folderpath_encoded": "YQ=="},
        {"x_uipath_folderpath": "Shared/../Secret"},
        {"x_uipath_folderpath": "x" * 2000},
    ],
)
def test_a_header_that_cannot_be_read_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(FolderHeaderMalformed):
        read_folder_reference(head_with(**headers))


def test_only_the_folder_that_was_judged_goes_upstream() -> None:
    head = head_with(x_uipath_organizationunitid="12", x_uipath_folderpath="Secret")
    folder = FolderPlace(id=1, key="key-1", path="Shared", lineage=("key-1",))
    assert folder_headers_onward(head, folder, FolderNeed.NEEDED) == ((b"x-uipath-folderkey", b"key-1"),)


def test_an_unresolved_folder_goes_upstream_as_one_header() -> None:
    head = head_with(x_uipath_organizationunitid="12", x_uipath_folderpath="Shared")
    assert folder_headers_onward(head, None, FolderNeed.NEEDED) == ((b"x-uipath-folderpath", b"Shared"),)
    assert folder_headers_onward(head, None, FolderNeed.NONE) == ()
