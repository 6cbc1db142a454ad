"""What can go wrong when personal access tokens are made or ended."""

from stagedoor.kit.errors import StagedoorError


class PersonalAccessTokenNotFound(StagedoorError):
    """The caller has no personal access token of this id."""

    code = "personal_access_token_not_found"
    status = 404
    public = "There is no personal access token with this id."
    hint = "List your tokens to see their ids."


class PersonalAccessTokenRefused(StagedoorError):
    """A token cannot be made as ordered, or its owner can have none."""

    code = "personal_access_token_refused"
    status = 400
    public = "This personal access token cannot be made as ordered."
    hint = "Read which field is wrong, change it and send the order again. For scripts an access key is better."
