"""What stands against a legacy window."""

from stagedoor.kit.errors import StagedoorError


class LegacyWindowRefused(StagedoorError):
    """The window cannot be set so: the organization never had one, or the end has passed already."""

    code = "legacy_window_refused"
    status = 409
    public = "The legacy window cannot be set so."
