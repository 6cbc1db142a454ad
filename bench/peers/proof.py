"""The proof that a gateway does the work that is timed: it is asked what it must allow and what it must refuse."""

from collections.abc import Iterator

import httpx2

from bench.peers.rules import CLERK, READER, Rules
from bench.upstream import LARGE_BYTES, LARGE_PATH, MATCHED_PATH, SHOWING_PATH, SMALL_BYTES, SMALL_PATH

REFUSED_KEY = frozenset({401, 403})
REFUSED_PATH = frozenset({403, 404})
START_JOBS = "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs"


class NotProven(Exception):
    """A gateway let through what it must refuse, refused what it must allow, or sent the wrong credential on."""


def prove(client: httpx2.Client, rules: Rules, upstream_authorization: str) -> None:
    """Ask a gateway, whose address the client has, about keys and paths; raises :class:`NotProven`."""
    for name, request, statuses in _questions(client, rules):
        status = client.send(request).status_code
        if status not in statuses:
            raise NotProven(f"{name}: answered {status}")
    reader = rules.get_holder(READER).key
    for path, size in ((SMALL_PATH, SMALL_BYTES), (LARGE_PATH, LARGE_BYTES)):
        body = client.get(path, headers=_bearer(reader)).raise_for_status().content
        if len(body) != size:
            raise NotProven(f"{path}: {len(body)} of {size} bytes came")
    sent_on = client.get(SHOWING_PATH, headers=_bearer(reader)).raise_for_status().json()["authorization"]
    if sent_on != upstream_authorization:
        raise NotProven("the upstream did not receive the credential that is meant for it")


def _questions(client: httpx2.Client, rules: Rules) -> Iterator[tuple[str, httpx2.Request, frozenset[int]]]:
    reader, clerk = _bearer(rules.get_holder(READER).key), _bearer(rules.get_holder(CLERK).key)
    wrong = _bearer(rules.get_holder(READER).key[:-1] + "~")
    other_scheme = {"Authorization": f"Basic {rules.get_holder(READER).key}"}
    disguised = {**clerk, "X-Holder": rules.get_holder(READER).name}
    allowed = frozenset({200})
    for name, statuses, path, headers in (
        ("right key and path", allowed, f"{SMALL_PATH}?$top=10", reader),
        ("right key, a path with a parameter", allowed, MATCHED_PATH, reader),
        ("no key", REFUSED_KEY, SMALL_PATH, {}),
        ("wrong key", REFUSED_KEY, SMALL_PATH, wrong),
        ("right key in another scheme", REFUSED_KEY, SMALL_PATH, other_scheme),
        ("right key, a path that is nobody's", REFUSED_PATH, "/odata/NoSuchThing", reader),
        ("right key, more of a path than is allowed", REFUSED_PATH, f"{MATCHED_PATH}/more", reader),
        ("a key of another role", REFUSED_PATH, SMALL_PATH, clerk),
        ("a key of another role that claims to be of this one", REFUSED_PATH, SMALL_PATH, disguised),
    ):
        yield name, client.build_request("GET", path, headers=headers), statuses
    start = client.build_request("POST", START_JOBS, headers=reader, json={})
    yield "right key, a method that it has not", start, REFUSED_PATH


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
