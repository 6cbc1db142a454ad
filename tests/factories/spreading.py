"""Which tests go together to one of the processes that run tests beside one another.

xdist has marks for groups, and they do nothing under pytest 9.2: xdist writes a group into the test's name in a way
that pytest reads no more, and every session's server was started by every process. The path says it as well.
"""

from xdist.scheduler import LoadScopeScheduling

ROOMS_WITH_SERVERS_OF_THEIR_OWN = ("tests/flows/faults/", "tests/flows/postgresql/", "tests/flows/smuggling/")
FILES_WITH_SERVERS = ("tests/flows/", "tests/judge/", "tests/contract/sealing/")


def group_of(test_id: str) -> str:
    """Return the name of the group that a test belongs to; a test without one is a group of its own."""
    path, _, name = test_id.partition("::")
    for room in ROOMS_WITH_SERVERS_OF_THEIR_OWN:
        if path.startswith(room):
            return f"{room}{_server_of(name)}"
    return path if path.startswith(FILES_WITH_SERVERS) else test_id


def _server_of(name: str) -> str:
    """Return the store or the upstream that a test is done once for, of which each has a server of its own."""
    parameters = name.partition("[")[2]
    for word in ("sqlite", "postgresql", "nginx", "node", "uvicorn"):
        if parameters.startswith((f"{word}-", f"{word}]")):
            return word
    return ""


class TogetherByPath(LoadScopeScheduling):
    """Hand out whole groups, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
