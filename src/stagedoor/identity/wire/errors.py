"""What is refused before any grant looks at it."""

from stagedoor.kit.errors import StagedoorError


class OAuthRequestRefused(StagedoorError):
    """A request in the wrong form; ``error`` is the code of RFC 6749 section 5.2, the sentence is its description."""

    code = "oauth_request_refused"
    status = 400
    public = "The request is not in the form that this endpoint reads."

    def __init__(self, sentence: str, *, error: str = "invalid_request", status: int = 400) -> None:
        self.error = error
        super().__init__(sentence, status=status)
