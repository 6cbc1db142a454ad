"""What can go wrong with API users and their access keys."""

from stagedoor.kit.errors import StagedoorError


class AccessKeyNotFound(StagedoorError):
    """No access key has this id in the caller's organization."""

    code = "access_key_not_found"
    status = 404
    public = "There is no access key with this id."
    hint = "List the keys to see their ids: `stagedoor key list`."


class AccessKeyEnded(StagedoorError):
    """A revoked or expired key was to be changed; what has ended stays ended."""

    code = "access_key_ended"
    status = 409
    public = "This access key has ended and cannot be changed."
    hint = "Make a new key with the same grant: `stagedoor key create`."


class NarrowingRefused(StagedoorError):
    """A key cannot be narrowed as ordered: nothing would be left, or it would reach, last or get too far."""

    code = "narrowing_refused"
    status = 400
    public = "This key cannot be narrowed as ordered."
    hint = "`stagedoor whoami` says what the key may do; ask for part of that, for at most 24h."


class AccessKeyOrderRefused(StagedoorError):
    """A key cannot be made as ordered: its name, networks, end or overlap make no sense."""

    code = "access_key_order_refused"
    status = 400
    public = "This access key cannot be made as ordered."
    hint = "Read which field is wrong, change it and send the order again."
