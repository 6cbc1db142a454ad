"""What the console itself refuses; what the house refuses comes as an error of the client.

::

    StagedoorError
    ├── FormRefused      403  a form that was not drawn for this person in this browser
    ├── FormMalformed    400  a form that cannot be read
    ├── PageUnknown      404  no page of the console
    └── SignInFailed     400  the sign-in was refused, or its answer belongs to another attempt
"""

from stagedoor.kit.errors import StagedoorError


class FormRefused(StagedoorError):
    """A form came from another site, or was drawn for another sign-in."""

    code = "form_refused"
    status = 403
    public = "This form was not drawn for this sign-in, so nothing was changed."
    hint = "Open the page again and repeat what you did."


class FormMalformed(StagedoorError):
    """A body is no form, or holds more fields than any form of the console."""

    code = "form_malformed"
    status = 400
    public = "The form cannot be read."
    hint = "Open the page again and repeat what you did."


class PageUnknown(StagedoorError):
    """Nothing of the console is at this address."""

    code = "page_unknown"
    status = 404
    public = "There is no such page."
    hint = "Start from the console's home page; its navigation leads to every page."


class SignInFailed(StagedoorError):
    """The identity said no, or what came back is not the answer to this browser's question."""

    code = "sign_in_failed"
    status = 400
    public = "The sign-in did not work out."
    hint = "Start again from the console. If it goes on, allow cookies for this server."
