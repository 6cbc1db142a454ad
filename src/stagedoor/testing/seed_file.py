"""Read a seed file, JSON or YAML, and say where in it something stands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stagedoor.testing.errors import SeedRefused

if TYPE_CHECKING:
    import yaml

SEED_BYTES_MAX = 16 * 1024 * 1024
TIMESTAMP = "tag:yaml.org,2002:timestamp"


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A seed and the file that it came from; ``text`` is what the file holds."""

    path: Path
    text: str
    content: Mapping[str, Any]

    def describe(self, place: str) -> str:
        """Return where a place such as ``folders[0].queues`` stands: the file, its line where that is known, itself."""
        line = _find_line(self.text, place)
        return f"{self.path}, {place}" if line is None else f"{self.path}, line {line}, {place}"


def read_seed(path: Path) -> SeedFile:
    """Return what a seed file says; raises :class:`~stagedoor.testing.errors.SeedRefused` and ``OSError``."""
    if path.stat().st_size > SEED_BYTES_MAX:
        raise SeedRefused(f"{path} is larger than {SEED_BYTES_MAX} bytes.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise SeedRefused(f"{path} is no text in UTF-8.") from wrong
    content = _parse_yaml(path, text) if path.suffix in (".yaml", ".yml") else _parse_json(path, text)
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise SeedRefused(f"{path} holds no mapping such as `folders: …`.")
    return SeedFile(path, text, content)


def _parse_json(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise SeedRefused(f"{path} is no JSON: {wrong}.") from wrong


def _parse_yaml(path: Path, text: str) -> Any:
    try:
        import yaml
    except ModuleNotFoundError as missing:
        raise SeedRefused(
            f"{path} is YAML, and PyYAML is not installed.",
            hint="`pip install 'stagedoor[server]'` brings it along; or write the seed as JSON.",
        ) from missing

    class Loader(yaml.SafeLoader):
        """YAML as far as it is JSON: a date stays the text that was written."""

        yaml_implicit_resolvers = {  # noqa: RUF012  # the name and the kind are PyYAML's
            letter: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
            for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    try:
        loader = Loader(text)
        try:
            root = loader.get_single_node()
            if root is None:
                return None
            _verify_once_each(path, root)
            return loader.construct_document(root)
        finally:
            loader.dispose()
    except yaml.YAMLError as wrong:
        raise SeedRefused(f"{path} is no YAML: {wrong}.") from wrong
    except RecursionError as wrong:
        raise SeedRefused(f"{path} is nested too deeply.") from wrong


def _verify_once_each(path: Path, node: "yaml.Node") -> None:
    """Raise :class:`SeedRefused` for a name that a mapping has twice: YAML itself would take the last one."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, value in node.value:
            if name.value in seen:
                raise SeedRefused(f"{path}, line {name.start_mark.line + 1}: {name.value} is there twice.")
            seen.add(str(name.value))
            _verify_once_each(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _verify_once_each(path, child)


def _find_line(text: str, place: str) -> int | None:
    try:
        import yaml

        # JSON is YAML but for what nobody indents with: then there is no line to tell.
        node: Any = yaml.compose(text, yaml.SafeLoader)
    except (ModuleNotFoundError, yaml.YAMLError):
        return None
    line = None
    for step in place.replace("[", ".").replace("]", "").split("."):
        if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
            node = node.value[int(step)]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            found = next(((name, value) for name, value in node.value if name.value == step), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        else:
            break
    return line
