"""Every table of the house, imported so that it registers itself with ``kit.db.Base``."""

import pkgutil
from importlib import import_module

import stagedoor

MODULES = tuple(
    module.name
    for module in pkgutil.walk_packages(stagedoor.__path__, "stagedoor.")
    if module.name.endswith(".models") or module.name == "stagedoor.kit.changes"
)

for name in MODULES:
    import_module(name)
