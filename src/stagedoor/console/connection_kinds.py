"""The kinds of connections in the words of the pages: what each is, and what its form asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

PERSON = "person"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. ``secret`` is what its secret is called, empty where the browser brings one back."""

    name: str
    title: str
    detail: str
    secret: str
    secret_help: str
    client_help: str = ""
    asks_username: bool = False
    asks_scope: bool = False

    @property
    def asks_client(self) -> bool:
        """Tell whether it needs a client id."""
        return bool(self.client_help)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "app",
            "An external application",
            "Automation Cloud and Automation Suite. It acts for itself, with a client secret.",
            secret="Client secret",
            secret_help="It was shown once, when the application was added there (App Secret).",
            client_help="Beside the application's name there (App ID).",
            asks_scope=True,
        ),
        Kind(
            PERSON,
            "A person who signs in now",
            "You go there in this browser, sign in, and come back. The connection acts as that person.",
            secret="",
            secret_help="",
            client_help="Of an application there that signs people in, with the redirect below.",
            asks_scope=True,
        ),
        Kind(
            "user-key",
            "A user key",
            "The API access of 2019: a user key and a client id.",
            secret="User key",
            secret_help="Under API Access, beside the client id.",
            client_help="Under API Access, beside the user key.",
        ),
        Kind(
            "pat",
            "A personal access token",
            "One token that is sent as it is. It ends on its date and cannot be renewed by itself.",
            secret="Personal access token",
            secret_help="It was shown once, when it was made there. An access key of another Stagedoor serves as well.",
        ),
        Kind(
            "password",
            "A user name and a password",
            "Orchestrators on your own machines that still take one.",
            secret="Password",
            secret_help="Of a local user there, not of a directory.",
            asks_username=True,
        ),
    )
}
DEFAULT_KIND = "app"
