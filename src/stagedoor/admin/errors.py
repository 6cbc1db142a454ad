"""What the management API refuses by itself; the rooms that it joins raise their own.

::

    StagedoorError
    ├── RequestRefused        422  a field of the request is missing, unknown or wrong
    ├── CursorRefused         400  the cursor is none of ours
    ├── ResourceUnknown       404  nothing of the management API is at this address
    ├── MethodNotTaken        405  the address does not take this method
    ├── PersonNeeded          403  only a person has this
    ├── AdministratorNeeded   403  only administrators may do this
    ├── GrantExceedsMaker     403  a new credential would allow more than its maker may do
    └── FolderNotFound        400  a grant or role names a folder that is not there
"""

from collections.abc import Iterable, Sequence

from stagedoor.kit.errors import StagedoorError

OPERATIONS_NAMED_MAX = 10


class RequestRefused(StagedoorError):
    """A field is missing, unknown or wrong. ``errors`` names each with what is wrong, never with what was sent."""

    code = "request_refused"
    status = 422
    public = "The request cannot be understood: a field is missing, unknown or wrong."
    hint = "Send JSON with `Content-Type: application/json`, with the fields that /api/stagedoor/v1/openapi.json lists."

    def __init__(self, errors: Iterable[tuple[str, str]]) -> None:
        listed = [{"field": field, "problem": problem} for field, problem in errors]
        public = f"{listed[0]['field']}: {listed[0]['problem']}" if len(listed) == 1 else None
        super().__init__(public, details={"errors": listed})


class CursorRefused(StagedoorError):
    """A cursor was not given out by this list, or what it points to is gone."""

    code = "cursor_refused"
    status = 400
    public = "This cursor does not belong to this list."
    hint = "Begin without a cursor, and pass on what `next` holds as it is."


class ResourceUnknown(StagedoorError):
    """Nothing of the management API is at this address."""

    code = "resource_unknown"
    status = 404
    public = "Nothing of the management API is at this address."
    hint = "GET /api/stagedoor/v1/openapi.json lists what there is."


class MethodNotTaken(StagedoorError):
    """The address exists and does not take this method."""

    code = "method_not_taken"
    status = 405
    public = "This address of the management API does not take this method."
    hint = "GET /api/stagedoor/v1/openapi.json lists what each address takes."


class AdministratorNeeded(StagedoorError):
    """What was asked is for administrators of the organization alone."""

    code = "administrator_needed"
    status = 403
    public = "Only an administrator of the organization may do this."
    hint = "Sign in as an administrator, or ask one."


class FolderNotFound(StagedoorError):
    """A grant or a role was to be limited to a folder that the tenant does not have."""

    code = "folder_not_found"
    status = 400

    def __init__(self, word: str, *, is_remote: bool) -> None:
        hint = (
            "The Orchestrator behind this tenant does not list it to us; its connection may need OR.Folders.Read."
            if is_remote
            else None
        )
        super().__init__(
            f"The tenant has no folder {word[:256]!r}.",
            hint=hint or "GET /api/stagedoor/v1/folders?tenant=… lists the folders.",
        )


class GrantExceedsMaker(StagedoorError):
    """A key or token was to allow more than its maker may do."""

    code = "grant_exceeds_maker"
    status = 403
    public = "This would allow more than you may do yourself."
    hint = "Grant less, or ask an administrator to make it."

    def __init__(self, operations: Sequence[str] = ()) -> None:
        named = list(operations[:OPERATIONS_NAMED_MAX])
        public = None
        if named:
            more = f" and {len(operations) - len(named)} more" if len(operations) > len(named) else ""
            public = f"This would allow what you may not do yourself: {', '.join(named)}{more}."
        super().__init__(public, details={"operations": named} if named else None)


class PersonNeeded(StagedoorError):
    """Only a person has personal access tokens and a user key; keys, applications and the machine itself have none."""

    code = "person_needed"
    status = 403
    public = "Only a person who signed in can have this."
    hint = "Sign in with `stagedoor login`. For a script, make an access key: `stagedoor key create`."
