"""Every table of the house: they register themselves with ``kit.db.Base`` when their modules are imported."""

import pkgutil
from importlib import import_module

import stagedoor


def register_tables() -> None:
    """Import each module that declares tables, so that ``Base.metadata`` is complete."""
    for module in pkgutil.walk_packages(stagedoor.__path__, "stagedoor."):
        if module.name.endswith(".models") or module.name == "stagedoor.kit.changes":
            import_module(module.name)
