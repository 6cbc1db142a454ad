"""What one operation of the vendor's API is: a row of the catalogue, and a request matched to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FolderNeed(StrEnum):
    """How an operation stands to folders."""

    NEEDED = "needed"
    """Works inside one folder; the request must name it."""
    ACCEPTED = "accepted"
    """Lists over folders, or works on things wherever in the grant they are: a folder header is read but not demanded,
    and whoever carries it out keeps to the grant's folders."""
    FILTERED = "filtered"
    """Belongs to the tenant and takes no header, but its answer speaks of folders and is filtered to the grant."""
    NONE = "none"
    """Belongs to the tenant."""


class Pace(StrEnum):
    """How long an operation may take before anything of its answer comes."""

    READ = "read"
    WRITE = "write"
    LONG = "long"
    """Works on many rows, or makes something of them, such as an export."""
    TRANSFER = "transfer"
    """Carries a file: a package, a recording, an attachment."""


@dataclass(frozen=True, slots=True)
class PermissionExpression:
    """Which permissions a person needs, as alternatives of sets: any one set is enough.

    ``alternatives`` empty means that the vendor's document names no permission.
    """

    alternatives: tuple[frozenset[str], ...] = ()

    def is_met_by(self, permissions: frozenset[str]) -> bool:
        """Tell whether a holder of these permissions satisfies one alternative; never true where none is named."""
        return any(alternative <= permissions for alternative in self.alternatives)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. ``index`` is its place in the catalogue and its bit in a grant.

    ``scope`` is the narrow scope that covers it (``OR.Jobs.Read``; the bare ``OR.Jobs`` covers it too), ``None``
    where the vendor names none. ``template`` is the vendor's path template (``/odata/Jobs({key})``). ``documented``
    is false for the few that real clients call and the vendor's document leaves out. ``names_other_folders`` marks
    those whose path or body names folders beside the one in the header, so that the header does not bound them.
    ``pace`` says how long it may take.
    """

    index: int
    id: str
    tag: str
    method: str
    template: str
    scope: str | None
    permissions: PermissionExpression
    folder: FolderNeed
    deprecated: bool = False
    documented: bool = True
    names_other_folders: bool = False
    pace: Pace = Pace.READ

    @property
    def reads(self) -> bool:
        """Tell whether the operation only reads, by its HTTP method."""
        return self.method == "GET"


@dataclass(frozen=True, slots=True)
class Match:
    """A request's operation and the values in its path, decoded and without quotes, by template name."""

    operation: Operation
    arguments: Mapping[str, str]
