"""Make what a seed says, one request after another, so that every rule of the operations holds for it."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stagedoor.testing.errors import SeedRefused

if TYPE_CHECKING:
    from stagedoor.client import Stagedoor

IN_FOLDERS = ("queues", "assets", "buckets", "processes", "jobs", "folders")


def plant_seed(seed: Mapping[str, Any], client: "Stagedoor") -> Counter[str]:
    """Make everything in a seed in its order and return how many things of each kind were made.

    ``client`` is one of the tenant in which they are made. Stops at the first thing that is refused; what stood before
    it is made. Raises :class:`~stagedoor.testing.errors.SeedRefused`, which names the place and repeats the server's
    words, and what the client raises where no answer comes.
    """
    planting = _Planting(client)
    planting.plant(seed)
    return planting.made


class _Planting:
    def __init__(self, client: "Stagedoor") -> None:
        self._client = client
        self.made: Counter[str] = Counter()

    def plant(self, seed: Mapping[str, Any]) -> None:
        _verify_names(seed, ("users", "folders"), "the seed")
        for place, user in _each(seed, "users"):
            self._make("users", "Users_Post", user, place)
        for place, folder in _each(seed, "folders"):
            self._plant_folder(folder, "", None, place)

    def _plant_folder(self, folder: Mapping[str, Any], above: str, parent_id: int | None, place: str) -> None:
        name = folder.get("name")
        if not isinstance(name, str) or not name:
            raise SeedRefused(f"{place} needs a name.")
        _verify_names(folder, ("name", "description", *IN_FOLDERS), place)
        path = f"{above}/{name}" if above else name
        folder_id = self._find_folder(path, place)
        if folder_id is None:
            order = {"DisplayName": name, "Description": folder.get("description"), "ParentId": parent_id}
            folder_id = int(self._make("folders", "Folders_Post", order, place)["Id"])
        for inside, queue in _each(folder, "queues", place):
            self._plant_queue(queue, path, inside)
        for inside, asset in _each(folder, "assets", place):
            self._make("assets", "Assets_Post", {"ValueScope": "Global", **asset}, inside, path)
        for inside, bucket in _each(folder, "buckets", place):
            self._make("buckets", "Buckets_Post", bucket, inside, path)
        for inside, process in _each(folder, "processes", place):
            self._make("processes", "Releases_Post", process, inside, path)
        for inside, job in _each(folder, "jobs", place):
            self._make("jobs", "Jobs_StartJobs", {"startInfo": job}, inside, path)
        for inside, child in _each(folder, "folders", place):
            self._plant_folder(child, path, folder_id, inside)

    def _plant_queue(self, queue: Mapping[str, Any], folder: str, place: str) -> None:
        order = {name: value for name, value in queue.items() if name != "items"}
        self._make("queues", "QueueDefinitions_Post", order, place, folder)
        for inside, item in _each(queue, "items", place):
            data = {"Name": queue.get("Name"), **item}
            self._make("items", "Queues_AddQueueItem", {"itemData": data}, inside, folder)

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
            if refused.status is None:
                raise
            raise SeedRefused(
                f"{place}: the server answered {refused.status}, {refused.message}", hint=refused.hint
            ) from refused
        return answer


def _each(mapping: Mapping[str, Any], name: str, place: str = "") -> list[tuple[str, Mapping[str, Any]]]:
    where = f"{place}.{name}" if place else name
    entries = mapping.get(name) or []
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise SeedRefused(f"{where} is to be a list of mappings.")
    return [(f"{where}[{number}]", entry) for number, entry in enumerate(entries)]


def _verify_names(mapping: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    unknown = sorted(str(name) for name in mapping if name not in known)
    if unknown:
        raise SeedRefused(f"{place} has {', '.join(unknown)}; it may have {', '.join(known)}.")
