"""Make what a seed says, one request after another, so that every rule of the operations holds for it."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stagedoor.testing.errors import SeedRefused
from stagedoor.testing.seed_file import SeedFile

if TYPE_CHECKING:
    from stagedoor.client import Stagedoor, StagedoorClientError

IN_SEED = ("users", "folders", "scripts")
IN_FOLDERS = ("queues", "assets", "buckets", "processes", "jobs", "folders")
OF_FOLDERS = ("name", "description", *IN_FOLDERS)
OF_SCRIPTS = ("process", "when", "script")
DEPTH_MAX = 7
"""How deep folders may lie in each other, as with the vendor."""

Seed = Mapping[str, Any] | SeedFile


def plant_seed(seed: Seed, client: "Stagedoor") -> Counter[str]:
    """Make everything in a seed in its order and return how many things of each kind were made.

    ``client`` is one of the tenant in which they are made. A seed whose shape is wrong makes nothing; else it stops at
    the first thing that the server refuses, and what stood before it is made. Raises
    :class:`~stagedoor.testing.errors.SeedRefused`, which names the place, its line where the seed is a file, and the
    server's words; and what the client raises where no answer comes.
    """
    planting = _Planting(seed, client)
    planting.plant()
    return planting.made


def verify_seed(seed: Seed) -> None:
    """Raise :class:`~stagedoor.testing.errors.SeedRefused` for a seed with unknown names, or of another shape."""
    _Shape(seed).verify()


class _Shape:
    """Look at a whole seed before anything of it is made."""

    def __init__(self, seed: Seed) -> None:
        self._file = seed if isinstance(seed, SeedFile) else None
        self.content = seed.content if isinstance(seed, SeedFile) else seed

    def verify(self) -> None:
        self._verify_names(self.content, IN_SEED, "")
        self.each(self.content, "users")
        for place, folder in self.each(self.content, "folders"):
            self._verify_folder(folder, place, 1)
        for place, script in self.each(self.content, "scripts"):
            self._verify_names(script, OF_SCRIPTS, place)
            self._verify_text(script, "process", place)
            when = script.get("when")
            if when is not None and (not isinstance(when, Mapping) or len(when) != 1):
                raise self.refusal(f"{place}.when", "is to name one argument and its value.")
            if not isinstance(script.get("script") or {}, Mapping):
                raise self.refusal(f"{place}.script", "is to be a mapping such as `ending: fault`.")

    def each(self, mapping: Mapping[str, Any], name: str, place: str = "") -> list[tuple[str, Mapping[str, Any]]]:
        where = f"{place}.{name}" if place else name
        entries = mapping.get(name) or []
        if not isinstance(entries, list):
            raise self.refusal(where, "is to be a list of mappings.")
        for number, entry in enumerate(entries):
            if not isinstance(entry, Mapping):
                raise self.refusal(f"{where}[{number}]", "is to be a mapping.")
        return [(f"{where}[{number}]", entry) for number, entry in enumerate(entries)]

    def refusal(self, place: str, what: str, hint: str | None = None) -> SeedRefused:
        where = (self._file.describe(place) if place else str(self._file.path)) if self._file else place or "The seed"
        return SeedRefused(f"{where}{what if what.startswith(':') else f' {what}'}", hint=hint)

    def _verify_folder(self, folder: Mapping[str, Any], place: str, depth: int) -> None:
        self._verify_text(folder, "name", place)
        self._verify_names(folder, OF_FOLDERS, place)
        if depth > DEPTH_MAX:
            raise self.refusal(place, f"lies deeper than {DEPTH_MAX} folders.")
        for kind in IN_FOLDERS:
            for inside, entry in self.each(folder, kind, place):
                if kind == "folders":
                    self._verify_folder(entry, inside, depth + 1)
                elif kind == "queues":
                    self.each(entry, "items", inside)

    def _verify_text(self, mapping: Mapping[str, Any], name: str, place: str) -> None:
        value = mapping.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refusal(place, f"needs a {name}.")

    def _verify_names(self, mapping: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
        unknown = sorted(str(name) for name in mapping if name not in known)
        if unknown:
            where = f"{place}.{unknown[0]}" if place else unknown[0]
            raise self.refusal(where, f"is unknown here; there may be {', '.join(known)}.")


class _Planting:
    def __init__(self, seed: Seed, client: "Stagedoor") -> None:
        self._shape = _Shape(seed)
        self._client = client
        self.made: Counter[str] = Counter()

    def plant(self) -> None:
        self._shape.verify()
        seed, each = self._shape.content, self._shape.each
        for place, user in each(seed, "users"):
            self._make("users", "Users_Post", user, place)
        for place, script in each(seed, "scripts"):
            self._set_script(script, place)
        for place, folder in each(seed, "folders"):
            self._plant_folder(folder, "", None, place)

    def _plant_folder(self, folder: Mapping[str, Any], above: str, parent_id: int | None, place: str) -> None:
        name = folder["name"]
        path = f"{above}/{name}" if above else name
        folder_id = self._find_folder(path, place)
        if folder_id is None:
            order = {"DisplayName": name, "Description": folder.get("description"), "ParentId": parent_id}
            folder_id = int(self._make("folders", "Folders_Post", order, place)["Id"])
        each = self._shape.each
        for inside, queue in each(folder, "queues", place):
            self._plant_queue(queue, path, inside)
        for inside, asset in each(folder, "assets", place):
            self._make("assets", "Assets_Post", {"ValueScope": "Global", **asset}, inside, path)
        for inside, bucket in each(folder, "buckets", place):
            self._make("buckets", "Buckets_Post", bucket, inside, path)
        for inside, process in each(folder, "processes", place):
            self._make("processes", "Releases_Post", process, inside, path)
        for inside, job in each(folder, "jobs", place):
            self._make("jobs", "Jobs_StartJobs", {"startInfo": job}, inside, path)
        for inside, child in each(folder, "folders", place):
            self._plant_folder(child, path, folder_id, inside)

    def _plant_queue(self, queue: Mapping[str, Any], folder: str, place: str) -> None:
        order = {name: value for name, value in queue.items() if name != "items"}
        self._make("queues", "QueueDefinitions_Post", order, place, folder)
        for inside, item in self._shape.each(queue, "items", place):
            data = {"Name": queue.get("Name"), **item}
            self._make("items", "Queues_AddQueueItem", {"itemData": data}, inside, folder)

    def _set_script(self, script: Mapping[str, Any], place: str) -> None:
        from stagedoor.client import StagedoorClientError

        try:
            self._client.robot_scripts.set(script["process"], script.get("script") or {}, when=script.get("when"))
        except StagedoorClientError as refused:
            raise self._refusal(refused, place) from refused
        self.made["scripts"] += 1

    def _find_folder(self, path: str, place: str) -> int | None:
        quoted = path.replace("'", "''")
        fields = {"filter": f"FullyQualifiedName eq '{quoted}'", "select": "Id"}
        found = self._call("Folders_Get", place, fields=fields)["value"]
        return int(found[0]["Id"]) if found else None

    def _make(
        self, kind: str, operation: str, order: Mapping[str, Any], place: str, folder: str | None = None
    ) -> dict[str, Any]:
        made = self._call(operation, place, json=dict(order), folder=folder)
        self.made[kind] += 1
        return made

    def _call(self, operation: str, place: str, **how: Any) -> dict[str, Any]:
        from stagedoor.client import StagedoorClientError

        try:
            answer: dict[str, Any] = self._client.call(operation, **how)
        except StagedoorClientError as refused:
            raise self._refusal(refused, place) from refused
        return answer

    def _refusal(self, refused: "StagedoorClientError", place: str) -> Exception:
        if refused.status is None:
            return refused
        said = f": the server answered {refused.status}, {refused.message}"
        return self._shape.refusal(place, said, refused.hint)
