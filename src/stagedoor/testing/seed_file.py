"""Read a seed file: JSON, or YAML where PyYAML is installed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stagedoor.testing.errors import SeedRefused

SEED_BYTES_MAX = 16 * 1024 * 1024


def read_seed(path: Path) -> Mapping[str, Any]:
    """Return what a seed file says; raises :class:`~stagedoor.testing.errors.SeedRefused` and ``OSError``."""
    if path.stat().st_size > SEED_BYTES_MAX:
        raise SeedRefused(f"{path} is larger than {SEED_BYTES_MAX} bytes.")
    content = _parse_yaml(path) if path.suffix in (".yaml", ".yml") else _parse_json(path)
    if not isinstance(content, dict):
        raise SeedRefused(f"{path} holds no mapping such as `folders: …`.")
    return content


def _parse_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except ValueError as wrong:
        raise SeedRefused(f"{path} is no JSON: {wrong}.") from wrong


def _parse_yaml(path: Path) -> Any:
    try:
        import yaml
    except ModuleNotFoundError as missing:
        raise SeedRefused(
            f"{path} is YAML, and PyYAML is not installed.", hint="`pip install pyyaml`, or write the seed as JSON."
        ) from missing
    try:
        return yaml.safe_load(path.read_bytes())
    except yaml.YAMLError as wrong:
        raise SeedRefused(f"{path} is no YAML: {wrong}.") from wrong
