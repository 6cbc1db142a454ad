"""What is said to a caller who has had enough for now; each says after how many whole seconds to come again."""

from stagedoor.kit.errors import StagedoorError


class LimitReached(StagedoorError):
    """The root of the refusals here: nothing was carried out, and the same request may pass later."""

    status = 429
    public = "This is more than is allowed at the moment."

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(
            hint=f"Nothing was carried out. Send it again after {retry_after_seconds} s, as Retry-After says.",
            headers={"Retry-After": str(retry_after_seconds)},
        )


class TooManyRequests(LimitReached):
    """The key's rate is used up."""

    code = "too_many_requests"
    public = "This access key sends requests faster than it may."


class DailyQuotaSpent(LimitReached):
    """The key's requests of this day are used up."""

    code = "daily_quota_spent"
    public = "This access key has used its requests of this day (UTC)."


class TooManyAtOnce(LimitReached):
    """As many requests of the key are under way as it may have at the same time."""

    code = "too_many_at_once"
    public = "This access key has as many requests under way as it may have at the same time."


class UpstreamBudgetSpent(LimitReached):
    """What the upstream tenant allows in a minute is used up, or the caller's share of it."""

    code = "upstream_budget_spent"
    public = "The Orchestrator behind this tenant takes no more of these requests in this minute from you."
