"""Every table of the house: they register themselves with ``kit.db.Base`` when their modules are imported."""

import pkgutil
from importlib import import_module

import stagedoor

OUTSIDE_MODELS = frozenset({"stagedoor.kit.changes", "stagedoor.kit.clock_mark", "stagedoor.orchestrator.duties"})
"""Modules that declare a table of their own, though they are not called ``models``."""


def register_tables() -> None:
    """Import each module that declares tables, so that ``Base.metadata`` is complete."""
    for module in pkgutil.walk_packages(stagedoor.__path__, "stagedoor."):
        if module.name.endswith(".models") or module.name in OUTSIDE_MODELS:
            import_module(module.name)
