"""What can go wrong with user keys."""

from stagedoor.kit.errors import StagedoorError


class UserKeyRefused(StagedoorError):
    """This user cannot have a user key, as directory users never could."""

    code = "user_key_refused"
    status = 403
    public = "Directory users have no user key."
    hint = "Use an access key or an external application instead."
