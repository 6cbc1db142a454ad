"""Which access key a command means."""

from typing import TYPE_CHECKING

from stagedoor.cli.failure import CommandFailed

if TYPE_CHECKING:
    from stagedoor.client import AccessKeyFacts, Stagedoor

LIVING = ("active", "rotating")


def get_chosen_key(client: "Stagedoor", word: str) -> "AccessKeyFacts":
    """Return the key of this id, or the one that works and is called so.

    Raises :class:`CommandFailed` where there is none that the caller may see, or where several are called so.
    """
    keys = client.list_keys()
    found = [key for key in keys if key["id"] == word]
    found = found or [key for key in keys if key["name"] == word and key["state"] in LIVING]
    if not found:
        raise CommandFailed(
            f"There is no access key {word}.", hint="`stagedoor key list` names them.", code="access_key_not_found"
        )
    if len(found) > 1:
        ids = ", ".join(f"{key['id']} ({key['tenant']})" for key in found)
        raise CommandFailed(f"Several keys are called {word}.", hint=f"Name one by its id: {ids}.", code="ambiguous")
    return found[0]
