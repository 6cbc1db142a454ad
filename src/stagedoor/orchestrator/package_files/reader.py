"""A whole package, from its file."""

import re
from typing import BinaryIO

from stagedoor.orchestrator.package_files.archive import MEBIBYTE, Archive, opened_archive
from stagedoor.orchestrator.package_files.arguments import list_arguments
from stagedoor.orchestrator.package_files.content import EntryPoint, NewPackage
from stagedoor.orchestrator.package_files.errors import PackageRefused
from stagedoor.orchestrator.package_files.nuspec import Nuspec, read_nuspec
from stagedoor.orchestrator.package_files.project import LIBRARY, Project, read_project

NUSPEC_BYTES_MAX = MEBIBYTE
PROJECT_BYTES_MAX = 8 * MEBIBYTE

PROCESS_LIBRARY = 2
UNDEFINED = 0

_PROJECT_FILE = re.compile(r"(?:content|lib/[^/]+)/(operate\.json|entry-points\.json|project\.json)", re.IGNORECASE)
_SOURCES = (".xaml", ".py")


def read_package(stream: BinaryIO) -> NewPackage:
    """Read what a package says of itself; raises :class:`PackageRefused`, and unpacks no more than descriptions.

    A library has the package type ``ProcessLibrary``, a NuGet package without any project ``Undefined``.
    """
    with opened_archive(stream) as archive:
        nuspec = _read_nuspec(archive)
        project = _read_project(archive)
        is_compiled = not any(name.lower().endswith(_SOURCES) for name in archive.names)
    return _package_of(nuspec, project, is_compiled=is_compiled)


def _read_nuspec(archive: Archive) -> Nuspec:
    names = [name for name in archive.names if "/" not in name and name.lower().endswith(".nuspec")]
    if len(names) != 1:
        raise PackageRefused("A package has one .nuspec file at its top, and this file has none or several.")
    return read_nuspec(archive.read(names[0], bytes_max=NUSPEC_BYTES_MAX))


def _read_project(archive: Archive) -> Project | None:
    files: dict[str, bytes] = {}
    # content/ sorts before lib/, and is where a package that has both keeps what counts.
    for name in sorted(archive.names, key=str.lower):
        described = _PROJECT_FILE.fullmatch(name)
        if described is not None and described[1].lower() not in files:
            files[described[1].lower()] = archive.read(name, bytes_max=PROJECT_BYTES_MAX)
    return read_project(files)


def _package_of(nuspec: Nuspec, project: Project | None, *, is_compiled: bool) -> NewPackage:
    main = _main_of(project)
    is_library = project is not None and project.kind == LIBRARY
    return NewPackage(
        name=nuspec.name,
        version=nuspec.version,
        title=nuspec.find_text("title", length_max=256),
        description=nuspec.find_text("description", length_max=10_000),
        authors=nuspec.find_text("authors", length_max=512),
        owners=nuspec.find_text("owners", length_max=512),
        summary=nuspec.find_text("summary", length_max=10_000),
        release_notes=nuspec.find_text("releasenotes", length_max=100_000),
        tags=nuspec.find_text("tags", length_max=512),
        project_url=nuspec.find_text("projecturl", length_max=2_048),
        license_url=nuspec.find_text("licenseurl", length_max=2_048),
        icon_url=nuspec.find_text("iconurl", length_max=2_048),
        package_type=UNDEFINED if project is None else PROCESS_LIBRARY if is_library else project.package_type,
        target_framework=0 if project is None else project.target_framework,
        main_entry_point_path=main.path if main else "",
        requires_user_interaction=project is not None and project.requires_user_interaction,
        is_attended=project is not None and project.is_attended,
        is_conversational=project is not None and project.is_conversational,
        is_compiled=is_compiled,
        input_arguments=list_arguments(main.input_arguments) if main else None,
        output_arguments=list_arguments(main.output_arguments) if main else None,
        entry_points=project.entry_points if project else (),
    )


def _main_of(project: Project | None) -> EntryPoint | None:
    if project is None or not project.entry_points:
        return None
    return next((entry for entry in project.entry_points if entry.path == project.main), project.entry_points[0])
