"""What the gateway refuses about a body or a destination."""

from stagedoor.kit.errors import StagedoorError


class BodyTooLarge(StagedoorError):
    """The body is larger than this path takes."""

    code = "body_too_large"
    status = 413
    public = "The request's body is too large for this path."
    hint = "Send it in several requests."


class CallerLeft(StagedoorError):
    """The caller closed the connection before its request was complete; nobody is left to answer."""

    code = "caller_left"
    status = 400
    public = "The connection was closed before the request was complete."


class FolderHeaderMalformed(StagedoorError):
    """A folder header cannot be read."""

    code = "folder_header_malformed"
    status = 400
    public = "The folder header cannot be read."


class IdempotencyKeyMalformed(StagedoorError):
    """The ``Idempotency-Key`` header is empty or too long."""

    code = "idempotency_key_malformed"
    status = 400
    public = "The Idempotency-Key header holds 1 to 255 characters."
    hint = "Send one name for each thing that is to happen once, such as a UUID."


class OutcomeUnknown(StagedoorError):
    """The same order was sent before, and whether it happened is not known yet; it was not sent again."""

    code = "outcome_unknown"
    status = 503
    public = "You sent this before, and the Orchestrator behind this tenant does not say yet what came of it."
    hint = "It was not sent again. Ask once more in a moment; for a second one, send an Idempotency-Key with each."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})


class CacheRuleRefused(StagedoorError):
    """A rule about which reads are answered from memory cannot be followed; the server does not start."""

    code = "cache_rule_refused"
    status = 400
    public = "A cache rule cannot be followed."
    hint = "Write OPERATION=SECONDS, such as Jobs_Get=2s, or ORGANIZATION/TENANT:Jobs_Get=2s for one tenant."
