"""Package files: what a ``.nupkg`` says of itself, read within bounds and believed in nothing else.

A package is a zip with a ``.nuspec`` (NuGet's own description) and, under ``content/``, the project's description:
``operate.json`` and ``entry-points.json`` as the vendor's Python packages have them, ``project.json`` as its Studio
writes it. Knows neither store nor feeds; whoever reads one keeps what was found.
"""
