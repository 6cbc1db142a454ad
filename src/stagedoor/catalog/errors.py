"""What the catalogue refuses.

::

    StagedoorError
    ├── PathRefused         400  the path has no canonical form
    ├── QueryRefused        400  the query string has no canonical form
    └── UnknownOperation    404  no operation has this name
"""

from stagedoor.kit.errors import StagedoorError


class PathRefused(StagedoorError):
    """The path could be read in two ways, or is no path at all."""

    code = "path_refused"
    status = 400
    public = "The request's path is refused."
    hint = "Send the plain path, percent-encoded once, without dot segments, backslashes or semicolons."


class QueryRefused(StagedoorError):
    """The query string could be read in two ways, or is out of bounds."""

    code = "query_refused"
    status = 400
    public = "The request's query string is refused."
    hint = "Give each option once, percent-encoded once."


class UnknownOperation(StagedoorError):
    """No operation of the catalogue has this name."""

    code = "unknown_operation"
    status = 404
    public = "There is no such operation."
    hint = "`stagedoor operations WORDS` searches the catalogue."
