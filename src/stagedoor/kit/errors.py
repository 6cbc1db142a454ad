"""The root of every error that Stagedoor raises on purpose.

::

    StagedoorError
    ├── StoreUnavailable       503  the store is locked, full or away; nothing was half done
    └── (each room's errors.py adds its own, under this root)

Rooms raise; only ``door/errors.py`` turns an error into an answer, in the dialect of the path that was asked.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class StagedoorError(Exception):
    """A failure that has a code, a status and a sentence for the caller.

    ``code`` names the page ``docs/errors/<code>.md``. ``public`` may be shown to the caller, ``hint`` says what to do
    next, ``internal`` goes to the log alone. ``details`` are extra fields for the answer's body, ``headers`` extra
    headers. None of them may ever hold a secret.
    """

    code: ClassVar[str] = "internal"
    status: int = 500
    public: str = "Something went wrong inside Stagedoor."
    hint: str | None = None

    def __init__(
        self,
        public: str | None = None,
        *,
        hint: str | None = None,
        internal: str | None = None,
        status: int | None = None,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if public is not None:
            self.public = public
        if hint is not None:
            self.hint = hint
        if status is not None:
            self.status = status
        self.internal = internal
        self.details: Mapping[str, Any] = details or {}
        self.headers: Mapping[str, str] = headers or {}
        super().__init__(internal or self.public)


class StoreUnavailable(StagedoorError):
    """The store refused the work as a whole: locked for too long, full or unreachable."""

    code = "store_unavailable"
    status = 503
    public = "Stagedoor's store cannot take this right now; nothing was changed."
    hint = "Try again shortly. If it goes on, ask whoever runs Stagedoor to look at its disk and its log."

    def __init__(self, *, internal: str | None = None) -> None:
        super().__init__(internal=internal, headers={"Retry-After": "1"})
