"""What access refuses when grants are written down or abilities are used; verdicts are values, not errors.

::

    StagedoorError
    ├── UnknownSelector       400  a selector of a grant means nothing
    ├── NetworkMalformed      400  a network of a grant is no CIDR
    └── MethodNotAllowedHere  403  this kind of credential may not use this ability
"""

from collections.abc import Iterable

from stagedoor.kit.errors import StagedoorError


class UnknownSelector(StagedoorError):
    """A selector names no operation, tag, scope, permission or role."""

    code = "unknown_selector"
    status = 400

    def __init__(self, selector: str, near: Iterable[str]) -> None:
        close = list(near)
        super().__init__(
            f"{selector[:100]!r} names no operation, tag, scope, permission or role.",
            hint=f"Did you mean {', '.join(close)}?"
            if close
            else "Write an operation id, tag:…, scope:…, permission:…, role:… or all.",
            details={"selector": selector[:100], "near": close},
        )


class NetworkMalformed(StagedoorError):
    """A network cannot be read as an address or a CIDR block."""

    code = "network_malformed"
    status = 400

    def __init__(self, network: str) -> None:
        super().__init__(
            f"{network[:100]!r} is no network.", hint="Write a network as 10.1.0.0/16, 192.0.2.7 or 2001:db8::/32."
        )


class MethodNotAllowedHere(StagedoorError):
    """The caller proved itself in a way that does not open this ability, whatever it was granted."""

    code = "method_not_allowed_here"
    status = 403
    public = "This kind of credential may not do this, whatever it was granted."
    hint = "Sign in as a person, at the console or with `stagedoor login`, or work on the server's own machine."
