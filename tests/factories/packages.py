"""Package files made for tests, right ones and wrong ones, and the forms that they are sent in."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from tests.factories.orchestrator import Desk

from stagedoor.passage import FolderPlace

BOUNDARY = "package-boundary"
FORM = f"multipart/form-data; boundary={BOUNDARY}"

NUSPEC = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/10/nuspec.xsd">
  <metadata><id>{name}</id><version>{version}</version><authors>Ann</authors>
    <description>Reads invoices</description><releaseNotes>First</releaseNotes><tags>a b</tags>{more}</metadata>
</package>
"""
ENTRY_POINT: dict[str, Any] = {
    "filePath": "main",
    "uniqueId": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "type": "function",
    "input": {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "times": {"type": "integer", "default": 1},
            "notes": {"anyOf": [{"type": "string"}]},
        },
        "required": ["text"],
    },
    "output": {"type": "object", "properties": {"sum": {"type": ["null", "number"]}}},
}
OTHER_ENTRY_POINT = {"filePath": "other", "uniqueId": "none", "type": "function", "input": {}, "output": {}}


def zip_of(files: Mapping[str, bytes | str]) -> bytes:
    """Return a zip archive of these files."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def python_files(name: str = "Reader", version: str = "1.0.0", *, more: str = "", **operate: Any) -> dict[str, str]:
    """Return the files of a package as the vendor's Python command line lays them out."""
    operate = {
        "main": "main",
        "contentType": "function",
        "targetFramework": "Portable",
        "targetRuntime": "python",
        "runtimeOptions": {"requiresUserInteraction": False, "isAttended": False, "isConversational": False},
        **operate,
    }
    return {
        "./package/services/metadata/core-properties/1.psmdcp": "<x/>",
        "[Content_Types].xml": "<x/>",
        "content/operate.json": json.dumps(operate),
        "content/entry-points.json": json.dumps({"entryPoints": [ENTRY_POINT, OTHER_ENTRY_POINT]}),
        f"{name}.nuspec": NUSPEC.format(name=name, version=version, more=more),
        "_rels/.rels": "<x/>",
        "content/main.py": "def main(input): ...",
    }


def python_package(name: str = "Reader", version: str = "1.0.0", **operate: Any) -> bytes:
    """Return a package as the vendor's Python command line packs it."""
    return zip_of(python_files(name, version, **operate))


def studio_package(name: str = "Painter", version: str = "1.0.0", **project: Any) -> bytes:
    """Return a package as an older Studio packs it, with one ``project.json``."""
    described = {
        "name": name,
        "main": "Main.xaml",
        "targetFramework": "Windows",
        "runtimeOptions": {"isAttended": True, "requiresUserInteraction": True},
        "designOptions": {"outputType": "Process"},
        "arguments": {
            "input": [{"name": "in_Name", "type": "System.String", "required": True, "hasDefault": False}, "strange"],
            "output": [],
        },
        **project,
    }
    files = {
        f"{name}.nuspec": NUSPEC.format(name=name, version=version, more="<title>The painter</title>"),
        "lib/net45/project.json": "\ufeff" + json.dumps(described),
        "lib/net45/Main.xaml": "<Activity/>",
    }
    return zip_of(files)


def library_package(name: str = "Tools", version: str = "1.0.0") -> bytes:
    """Return a library as Studio packs it."""
    return studio_package(name, version, main="", arguments={}, designOptions={"outputType": "Library"})


def form_of(*files: bytes, names: tuple[str, ...] = ()) -> bytes:
    """Return a form with these files, as the body of a request of type :data:`FORM`."""
    parts = []
    for number, content in enumerate(files):
        file_name = names[number] if names else f"file{number}.nupkg"
        head = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="file{number}"; filename="{file_name}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def folder_with_reader(desk: Desk) -> FolderPlace:
    """Return a new folder with the process ``Reader``, which robots can run, of a package that is published for it."""
    desk.call("Processes_UploadPackage", form_of(python_package()), content_type=FORM)
    folder = desk.make_folder("Shared")
    desk.call("Releases_Post", {"Name": "Reader", "ProcessKey": "Reader"}, folder=folder)
    return folder
