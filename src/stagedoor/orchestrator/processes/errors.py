"""What the feed of packages refuses."""

from stagedoor.orchestrator.errors import Conflict


class PackageInUse(Conflict):
    """A release still runs this version."""

    code = "package_in_use"
    public = "The package version cannot be deleted while a process uses it."
    hint = "Move the process to another version or delete it, then try again."
