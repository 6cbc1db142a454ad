"""Make what a seed says, one request after another, so that every rule of the operations holds for it."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import httpx2

from stagedoor.testing.errors import SeedRefused

IN_FOLDERS = ("queues", "assets", "buckets", "processes", "jobs")
SECONDS_MAX = 60.0


def plant_seed(seed: Mapping[str, Any], orchestrator_url: str, token: str) -> None:
    """Make everything in a seed in its order; stops at the first thing that is refused.

    Raises :class:`~stagedoor.testing.errors.SeedRefused`, which names the place and repeats the server's words.
    """
    with httpx2.Client(
        base_url=orchestrator_url, headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS_MAX
    ) as client:
        _Planting(client).plant(seed)


class _Planting:
    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def plant(self, seed: Mapping[str, Any]) -> None:
        _verify_names(seed, ("users", "folders"), "the seed")
        for place, user in _each(seed, "users", "users"):
            self._post("/odata/Users", user, place)
        for place, folder in _each(seed, "folders", "folders"):
            self._plant_folder(folder, "", None, place)

    def _plant_folder(self, folder: Mapping[str, Any], above: str, parent_id: int | None, place: str) -> None:
        name = folder.get("name")
        if not isinstance(name, str):
            raise SeedRefused(f"{place} needs a name.")
        _verify_names(folder, ("name", "description", "folders", *IN_FOLDERS), place)
        path = f"{above}/{name}" if above else name
        folder_id = self._find_folder(path, place)
        if folder_id is None:
            order = {"DisplayName": name, "Description": folder.get("description"), "ParentId": parent_id}
            folder_id = int(self._post("/odata/Folders", order, place)["Id"])
        for inside, queue in _each(folder, "queues", place):
            self._plant_queue(queue, path, inside)
        for inside, asset in _each(folder, "assets", place):
            self._post("/odata/Assets", {"ValueScope": "Global", **asset}, inside, path)
        for inside, bucket in _each(folder, "buckets", place):
            self._post("/odata/Buckets", bucket, inside, path)
        for inside, process in _each(folder, "processes", place):
            self._post("/odata/Releases", process, inside, path)
        for inside, job in _each(folder, "jobs", place):
            start = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"
            self._post(start, {"startInfo": job}, inside, path)
        for inside, child in _each(folder, "folders", place):
            self._plant_folder(child, path, folder_id, inside)

    def _plant_queue(self, queue: Mapping[str, Any], folder: str, place: str) -> None:
        order = {name: value for name, value in queue.items() if name != "items"}
        self._post("/odata/QueueDefinitions", order, place, folder)
        for inside, item in _each(queue, "items", place):
            data = {"Name": queue.get("Name"), **item}
            self._post("/odata/Queues/UiPathODataSvc.AddQueueItem", {"itemData": data}, inside, folder)

    def _find_folder(self, path: str, place: str) -> int | None:
        quoted = path.replace("'", "''")
        query = {"$filter": f"FullyQualifiedName eq '{quoted}'", "$select": "Id"}
        answer = self._client.get("/odata/Folders", params=query)
        if answer.is_error:
            raise _refused(place, answer)
        found = answer.json()["value"]
        return int(found[0]["Id"]) if found else None

    def _post(self, path: str, order: Mapping[str, Any], place: str, folder: str | None = None) -> dict[str, Any]:
        headers = {}
        if folder is not None:
            # Base64 of UTF-16LE, so that a path may hold any letter.
            headers["X-UIPATH-FolderPath-Encoded"] = b64encode(folder.encode("utf-16-le")).decode()
        answer = self._client.post(path, json=dict(order), headers=headers)
        if answer.is_error:
            raise _refused(place, answer)
        made: dict[str, Any] = answer.json()
        return made


def _each(mapping: Mapping[str, Any], name: str, place: str) -> list[tuple[str, Mapping[str, Any]]]:
    entries = mapping.get(name) or []
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise SeedRefused(f"{name} of {place} is a list of mappings.")
    base = name if place == name else f"{place}.{name}"
    return [(f"{base}[{number}]", entry) for number, entry in enumerate(entries)]


def _verify_names(mapping: Mapping[str, Any], known: tuple[str, ...], place: str) -> None:
    unknown = sorted(str(name) for name in mapping if name not in known)
    if unknown:
        raise SeedRefused(f"{place} has {', '.join(unknown)}; it may have {', '.join(known)}.")


def _refused(place: str, answer: httpx2.Response) -> SeedRefused:
    try:
        said = str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        said = answer.text[:500]
    return SeedRefused(f"{place}: the server answered {answer.status_code}, {said}")
