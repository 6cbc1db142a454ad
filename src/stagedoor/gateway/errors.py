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


class CacheRuleRefused(StagedoorError):
    """A rule about which reads are answered from memory cannot be followed; the server does not start."""

    code = "cache_rule_refused"
    status = 400
    public = "A cache rule cannot be followed."
    hint = "Write OPERATION=SECONDS, such as Jobs_Get=2s, or ORGANIZATION/TENANT:Jobs_Get=2s for one tenant."
