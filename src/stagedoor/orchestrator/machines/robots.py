"""Robots that signed in with the secret of a machine: whose they are."""

from stagedoor.passage import Caller, CredentialKind


def find_machine_id(caller: Caller) -> int | None:
    """Return the machine whose robot calls, ``None`` where somebody else does.

    What such a robot names by a job is within its reach only if the job is in its machine's hands: its grant says in
    which folders it may work, and not all that it sends names a folder.
    """
    return int(caller.id) if caller.credential_kind is CredentialKind.MACHINE_SECRET else None
