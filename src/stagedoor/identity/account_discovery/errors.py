"""What can go wrong in discovery, beside a name that is unknown."""

from typing import ClassVar

from stagedoor.kit.errors import StagedoorError


class CredentialBoundElsewhere(StagedoorError):
    """The credential is good, but it is bound to networks and this request came from outside of them."""

    code = "credential_bound_elsewhere"
    status = 403
    public = "You are not authorized!"
    hint = "This credential may be used only from the networks that it was made for."
    error_code: ClassVar[int] = 0
