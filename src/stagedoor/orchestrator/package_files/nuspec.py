"""The ``.nuspec`` of a package: NuGet's own description, read without any of XML's dangerous parts."""

import re
from dataclasses import dataclass
from xml.parsers import expat

from stagedoor.orchestrator.package_files.errors import PackageRefused

DEPTH_MAX = 16
ELEMENTS_MAX = 5_000
VALUE_LENGTH_MAX = 100_000
NAME_LENGTH_MAX = 100
VERSION_LENGTH_MAX = 50

# The rules of NuGet: words joined by single dots, dashes and underscores; two to four numbers and what SemVer 2 adds.
_NAME = re.compile(r"\w+(?:[._-]\w+)*")
_VERSION = re.compile(
    r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,3}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)


@dataclass(frozen=True, slots=True)
class Nuspec:
    """A package's name and version, and the other texts of its description by their names in lower case."""

    name: str
    version: str
    texts: dict[str, str]

    def find_text(self, name: str, *, length_max: int) -> str | None:
        """Return a text, cut off where it is longer than the store keeps; ``None`` for none or an empty one."""
        return self.texts.get(name, "")[:length_max] or None


def read_nuspec(content: bytes) -> Nuspec:
    """Read a description; raises :class:`PackageRefused` for what is no XML, declares entities or lacks its name."""
    texts = _Reader().read(content)
    name, version = texts.get("id", ""), texts.get("version", "")
    if len(name) > NAME_LENGTH_MAX or not _NAME.fullmatch(name):
        raise PackageRefused("The package's id must be letters, digits, dots, dashes and underscores.")
    if len(version) > VERSION_LENGTH_MAX or not _VERSION.fullmatch(version):
        raise PackageRefused("The package's version must be one such as 1.0.0 or 1.2.3-beta.1.")
    return Nuspec(name, version, texts)


class _Reader:
    """Collect the texts of ``package/metadata/*``, whatever namespace they are in."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._path: list[str] = []
        self._elements = 0
        self._pieces: list[str] = []
        self._length = 0

    def read(self, content: bytes) -> dict[str, str]:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add
        try:
            parser.Parse(content, True)  # the C function takes it by place only
        except (expat.ExpatError, LookupError, ValueError) as malformed:
            # An encoding that Python does not know is a LookupError, one of several bytes a letter a ValueError.
            raise PackageRefused("The package's .nuspec is no XML.", internal=str(malformed)) from malformed
        return self._texts

    def _refuse_doctype(self, *_: object) -> None:
        raise PackageRefused("The package's .nuspec declares a document type, which packages do not.")

    def _start(self, name: str, _: object) -> None:
        self._elements += 1
        self._path.append(name.rpartition(" ")[2].lower())
        if len(self._path) > DEPTH_MAX or self._elements > ELEMENTS_MAX:
            raise PackageRefused("The package's .nuspec is larger than any description.")
        self._pieces, self._length = [], 0

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length > VALUE_LENGTH_MAX:
            raise PackageRefused(f"A text in the package's .nuspec is longer than {VALUE_LENGTH_MAX} letters.")
        self._pieces.append(text)

    def _end(self, _: str) -> None:
        if len(self._path) == 3 and self._path[:2] == ["package", "metadata"]:
            self._texts.setdefault(self._path[2], "".join(self._pieces).strip())
        self._path.pop()
