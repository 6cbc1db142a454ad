"""What is refused of a package's file."""

from stagedoor.orchestrator.errors import InvalidRequest


class PackageRefused(InvalidRequest):
    """The file is no package, or one that nobody should unpack."""

    code = "package_refused"
    public = "The file is no package that can be taken."
    hint = "Upload the .nupkg file as `uipath pack` or Studio wrote it."
