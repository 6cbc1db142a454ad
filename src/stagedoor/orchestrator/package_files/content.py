"""What a package brings along, as the feed keeps it."""

from dataclasses import dataclass

PROCESS = 1
PORTABLE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """One place to start a package at. Its arguments are JSON text: a JSON schema, or a list as in the package's."""

    path: str
    unique_id: str | None = None
    input_arguments: str | None = None
    output_arguments: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPackage:
    """One version of a package. Its arguments are JSON text: a list of ``{name, type, required, hasDefault}``.

    ``package_type`` and ``target_framework`` are the store's numbers. Without ``entry_points`` there is one, at
    ``main_entry_point_path`` and with the package's arguments.
    """

    name: str
    version: str
    title: str | None = None
    description: str | None = None
    authors: str | None = None
    owners: str | None = None
    summary: str | None = None
    release_notes: str | None = None
    tags: str | None = None
    project_url: str | None = None
    license_url: str | None = None
    icon_url: str | None = None
    package_type: int = PROCESS
    target_framework: int = PORTABLE
    main_entry_point_path: str = "Main.xaml"
    requires_user_interaction: bool = False
    is_attended: bool = False
    is_conversational: bool = False
    is_compiled: bool = True
    input_arguments: str | None = None
    output_arguments: str | None = None
    entry_points: tuple[EntryPoint, ...] = ()

    @property
    def all_entry_points(self) -> tuple[EntryPoint, ...]:
        """Every place to start at; one at least."""
        main = EntryPoint(
            path=self.main_entry_point_path,
            input_arguments=self.input_arguments,
            output_arguments=self.output_arguments,
        )
        return self.entry_points or (main,)
