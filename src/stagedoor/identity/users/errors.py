"""What can go wrong with users."""

from typing import ClassVar

from stagedoor.kit.errors import StagedoorError


class UserNotFound(StagedoorError):
    """No user has this id, name or address in the organization."""

    code = "user_not_found"
    status = 404
    public = "There is no such user in this organization."
    hint = "Check the spelling of the user name or of the e-mail address."


class UserOrderRefused(StagedoorError):
    """A user cannot be made or changed as ordered."""

    code = "user_order_refused"
    status = 400
    public = "This user cannot be made or changed as ordered."
    hint = "Read which field is wrong, change it and send the order again."


class SignInRefused(StagedoorError):
    """Name and password do not open anything. Which of the two is wrong is never said."""

    code = "sign_in_refused"
    status = 401
    public = "User name or password is wrong."
    hint = "Check both and try again, or ask an administrator of your organization for a new password."


class ApiPasswordRefused(StagedoorError):
    """This user cannot have an API password: passwords for the API are not given to anybody new."""

    code = "api_password_refused"
    status = 409
    public = "This user cannot have an API password."
    hint = "Make an access key instead: `stagedoor key create`."


class RoleNotFound(StagedoorError):
    """The tenant has made no such role for itself."""

    code = "role_not_found"
    status = 404
    error_code: ClassVar[int] = 1002
    public = "The tenant has no such role of its own."
    hint = "GET /odata/Roles lists the roles; those with IsStatic true belong to no tenant."


class RoleOrderRefused(StagedoorError):
    """A role cannot be made or changed as ordered."""

    code = "role_order_refused"
    status = 400
    public = "This role cannot be made or changed as ordered."
    hint = "GET /odata/Permissions lists the permissions that a role can hold."


class RoleNameInUse(StagedoorError):
    """Another role of the tenant has this name, in whatever letter case."""

    code = "role_name_in_use"
    status = 409
    error_code: ClassVar[int] = 1001
    public = "Another role has this name."
    hint = "Choose another name, or change the role that has it."
