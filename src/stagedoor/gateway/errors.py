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


class KeyedOutcomeUnknown(OutcomeUnknown):
    """A write with the same ``Idempotency-Key`` was sent before, and nobody can be asked whether it happened.

    ``is_under_way`` is true where the first of its requests may not be over; ``answered`` is the status that the
    upstream gave it, if it gave one.
    """

    status = 409
    public = "You sent this with the same Idempotency-Key before, and what came of it is not known."
    hint = "It was not sent again. Look whether it happened; if it did not, send it with a new Idempotency-Key."

    def __init__(self, *, is_under_way: bool = False, answered: int | None = None) -> None:
        super().__init__()
        self.headers = {}
        if answered is not None:
            self.details = {"answered": answered}
        if is_under_way:
            self.public = "You sent this with the same Idempotency-Key before, and it is still under way."
            self.hint = "It was not sent again. Send it once more in a moment, with the same Idempotency-Key."
            self.headers = {"Retry-After": "5"}


class IdempotencyKeyReused(StagedoorError):
    """The ``Idempotency-Key`` was used before, for another request."""

    code = "idempotency_key_reused"
    status = 422
    public = "This Idempotency-Key was used before, for another request."
    hint = "Nothing was sent. Send each thing that is to happen once with a key of its own, and repeat it unchanged."


class AnswerNotKept(StagedoorError):
    """The same write was carried out before, and its answer is not there any more."""

    code = "answer_not_kept"
    status = 409
    public = "You sent this with the same Idempotency-Key before. It was answered, and the answer was not kept."
    hint = "It was not sent again. Read what it made; its answer was too large to be kept, or too many came after it."

    def __init__(self, *, answered: int | None) -> None:
        super().__init__(details={} if answered is None else {"answered": answered})


class CacheRuleRefused(StagedoorError):
    """A rule about which reads are answered from memory cannot be followed; the server does not start."""

    code = "cache_rule_refused"
    status = 400
    public = "A cache rule cannot be followed."
    hint = "Write OPERATION=SECONDS, such as Jobs_Get=2s, or ORGANIZATION/TENANT:Jobs_Get=2s for one tenant."
