"""What releases refuse."""

from stagedoor.orchestrator.errors import Conflict


class NoEarlierVersion(Conflict):
    """A release that has had one version has nothing to go back to."""

    code = "no_earlier_version"
    public = "The process has no earlier version to go back to."
    hint = "ReleaseVersions lists the versions that it has had; move to a version by name instead."
