"""Plain words for operations: what one does in a phrase, and which ones people mean by theirs."""

import re
from collections.abc import Iterable

from stagedoor.catalog.operations import Operation

WORDS_MAX = 8

_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_QUERY_WORD = re.compile(r"[^\W_]+")
# What follows this in a name only repeats the arguments of the path.
_ARGUMENT_TAIL = re.compile(r"(?<=[a-z])By[A-Z]\w*\Z")
_PLAIN_ACTIONS = {
    "Get": "list {many}",
    "GetById": "read one {one}",
    "GetByKey": "read one {one} by its key",
    "Post": "create a {one}",
    "PutById": "replace a {one}",
    "PatchById": "change a {one}",
    "DeleteById": "delete a {one}",
    "DeleteByKey": "delete a {one} by its key",
    "DeleteBulk": "delete several {many}",
    "Export": "export {many}",
}
_PHRASES = {
    "FoldersNavigation_GetAllFoldersForCurrentUser": "list all folders of the current user",
    "FoldersNavigation_GetFoldersForCurrentUser": "search the folders of the current user",
    "Folders_GetByKeyByIdentifier": "read one folder by its key",
    "JobAttachments_Post": "attach a file to a job",
    "Jobs_StopJobById": "stop one job",
    "Logs_Post": "write a log line",
    "Maintenance_Get": "read the maintenance state",
    "Metadata_Get": "read the OData metadata document",
    "Queues_StartTransaction": "start a transaction, which takes the next queue item",
    "ServiceDocument_Get": "read the OData service document",
    "Status_Get": "read the status of the Orchestrator",
    "Status_GetVersion": "read the version of the Orchestrator",
}
# The people's words for the vendor's. Each entry also finds what its own word finds.
_SYNONYMS = {
    "abort": ("stop", "cancel"),
    "action": ("task",),
    "add": ("create", "post"),
    "bot": ("robot",),
    "cancel": ("stop",),
    "change": ("patch", "put", "update", "set", "edit"),
    "create": ("post", "add"),
    "credential": ("asset",),
    "cron": ("schedule",),
    "delete": ("remove",),
    "download": ("get", "read"),
    "edit": ("patch", "put", "update", "set"),
    "execute": ("start",),
    "execution": ("job",),
    "fetch": ("get", "read", "list"),
    "file": ("bucket", "attachment", "blob"),
    "find": ("get", "list"),
    "form": ("task",),
    "get": ("list", "read"),
    "kill": ("stop",),
    "launch": ("start",),
    "list": ("get",),
    "make": ("create", "post"),
    "me": ("current",),
    "message": ("log",),
    "modify": ("patch", "put", "update"),
    "myself": ("current",),
    "new": ("create", "post", "add"),
    "organization": ("folder",),
    "package": ("process", "library"),
    "people": ("user",),
    "person": ("user",),
    "process": ("release",),
    "put": ("add",),
    "queue": ("definition",),
    "read": ("get", "list"),
    "remove": ("delete",),
    "run": ("start", "job"),
    "secret": ("asset", "credential"),
    "see": ("get", "list"),
    "send": ("post", "add", "submit"),
    "show": ("get", "list"),
    "storage": ("bucket",),
    "timetable": ("schedule",),
    "trigger": ("start", "schedule"),
    "unit": ("folder",),
    "update": ("patch", "put", "set"),
    "upload": ("write",),
    "variable": ("asset",),
    "view": ("get", "list"),
    "workflow": ("process", "release"),
}
_FILLERS = frozenset("a an and all by every for from in into its my of on one the their to with".split())


def phrase(operation: Operation) -> str:
    """Return what the operation does, in a few plain words: ``start jobs`` for ``Jobs_StartJobs``."""
    if operation.id in _PHRASES:
        return _PHRASES[operation.id]
    tag, _, action = operation.id.partition("_")
    many = " ".join(_camel_words(tag))
    plain = _PLAIN_ACTIONS.get(_ARGUMENT_TAIL.sub("", action) if action.startswith("GetByKey") else action)
    if plain:
        return plain.format(many=many, one=_singular_phrase(many))
    words = _camel_words(_ARGUMENT_TAIL.sub("", action))
    said = " ".join(words)
    nouns = {_stem(word) for word in _camel_words(tag)}
    return said if nouns & {_stem(word) for word in words} else f"{said} ({many})"


class WordIndex:
    """Operations by the words in their names, phrases, methods and scopes."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._entries = [(operation, _weigh(operation)) for operation in operations]

    def search(self, words: str) -> list[Operation]:
        """Return the operations that answer to every word, best first; beginnings of words count.

        Where none answers to all of them, those that answer to most are returned. At most eight words are read; no
        words at all return everything in the catalogue's order.
        """
        wanted = [_stem(word) for word in _QUERY_WORD.findall(_uncamel(words[:400])) if word not in _FILLERS]
        if not wanted:
            return [operation for operation, _ in self._entries]
        found: list[tuple[int, float, Operation]] = []
        for operation, weights in self._entries:
            scores = [_score(word, weights) for word in wanted[:WORDS_MAX]]
            answered = sum(1 for score in scores if score > 0)
            if answered:
                found.append((answered, sum(scores), operation))
        most = max((answered for answered, _, _ in found), default=0)
        best = [(score, operation) for answered, score, operation in found if answered == most]
        best.sort(key=lambda pair: (-pair[0], pair[1].deprecated, len(pair[1].id), pair[1].id))
        return [operation for _, operation in best]


def _weigh(operation: Operation) -> dict[str, float]:
    tag, _, action = operation.id.partition("_")
    weights: dict[str, float] = {_stem(operation.method.lower()): 0.5}
    for word in _camel_words(operation.scope or ""):
        weights[_stem(word)] = 0.4
    for word in _QUERY_WORD.findall(phrase(operation).lower()):
        weights[_stem(word)] = 2.0
    for word in _camel_words(tag):
        weights[_stem(word)] = 2.5
    for word in _camel_words(_ARGUMENT_TAIL.sub("", action)):
        weights[_stem(word)] = 3.0
    # A name that says little else is the better answer to a short question.
    return {word: weight * (1 + 1 / (4 + len(weights))) for word, weight in weights.items()}


def _score(word: str, weights: dict[str, float]) -> float:
    best = weights.get(word, 0.0)
    for synonym in _SYNONYMS.get(word, ()):
        best = max(best, 0.8 * weights.get(synonym, 0.0))
    if not best and len(word) > 1:
        best = max((0.6 * weight for known, weight in weights.items() if known.startswith(word)), default=0.0)
    return best


def _camel_words(name: str) -> list[str]:
    return [word.lower() for word in _CAMEL.findall(name)]


def _uncamel(text: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower()


def _singular_phrase(words: str) -> str:
    head, _, last = words.rpartition(" ")
    return f"{head} {_stem(last)}".strip()


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word
