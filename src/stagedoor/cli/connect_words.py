"""The kinds of connections in the words of the command line: what each needs, and what its secret is called."""

from collections.abc import Mapping

import click

SECRET_NAMES: Mapping[str, str] = {
    "app": "client secret",
    "person": "refresh token",
    "user-key": "user key",
    "pat": "personal access token",
    "password": "password",
}
KINDS = tuple(SECRET_NAMES)
NEEDED: Mapping[str, tuple[str, str]] = {
    "app": ("client_id", "--client-id: the application's id (App ID), as it stands beside the secret"),
    "person": (
        "client_id",
        "--client-id: an application there that signs people in (in a Stagedoor: stagedoor-cli)",
    ),
    "user-key": ("client_id", "--client-id: it stands beside the user key, under API Access"),
    "password": ("username", "--username: the local user's name"),
}


def verify_given(kind: str, given: Mapping[str, str | None]) -> None:
    """Raise :class:`click.UsageError` when the option is missing that a kind cannot do without."""
    option, words = NEEDED.get(kind, (None, ""))
    if option is not None and not given[option]:
        raise click.UsageError(f"A connection of kind {kind} needs {words}.")
