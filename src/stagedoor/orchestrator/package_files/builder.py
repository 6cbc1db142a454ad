"""A package's file made from its description, for packages that came without one."""

from collections.abc import Sequence
from html import escape
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from stagedoor.orchestrator.package_files.content import EntryPoint

_NUSPEC = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/10/nuspec.xsd">
  <metadata>
    <id>{name}</id>
    <version>{version}</version>
    <authors>{authors}</authors>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <description>{description}</description>
  </metadata>
</package>
"""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def build_package(
    *, name: str, version: str, authors: str, description: str, main: str, entry_points: Sequence[EntryPoint]
) -> bytes:
    """Return a ``.nupkg`` that says this of itself and holds nothing to run; the same bytes every time."""
    nuspec = {"name": name, "version": version, "authors": authors, "description": description}
    files = {
        f"{name}.nuspec": _NUSPEC.format(**{key: escape(value, quote=False) for key, value in nuspec.items()}).encode(),
        "content/operate.json": _json({"main": main, "contentType": "process", "targetFramework": "Portable"}),
        "content/entry-points.json": _json({"entryPoints": [_described(entry) for entry in entry_points]}),
    }
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(ZipInfo(path, _LONG_AGO), content, ZIP_DEFLATED)
    return packed.getvalue()


def _described(entry: EntryPoint) -> dict[str, Any]:
    return {
        "filePath": entry.path,
        "uniqueId": entry.unique_id,
        "input": orjson.loads(entry.input_arguments or "[]"),
        "output": orjson.loads(entry.output_arguments or "[]"),
    }


def _json(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)
