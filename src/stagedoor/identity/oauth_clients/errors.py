"""What can go wrong with external applications."""

from stagedoor.kit.errors import StagedoorError


class ExternalApplicationRefused(StagedoorError):
    """An external application cannot be registered like this; the sentence names the field."""

    code = "external_application_refused"
    status = 400
    public = "The external application cannot be registered like this."


class ExternalApplicationUnknown(StagedoorError):
    """No external application or secret of this id is in the organization."""

    code = "external_application_unknown"
    status = 404
    public = "There is no such external application in this organization."
