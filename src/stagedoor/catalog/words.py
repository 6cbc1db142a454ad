"""Plain words for operations: what one does in a phrase, and which ones people mean by theirs."""

import re
from collections.abc import Iterable
from pathlib import Path

from stagedoor.catalog.operations import Operation

WORDS_MAX = 8
WORDS_LENGTH_MAX = 400

_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_QUERY_WORD = re.compile(r"[^\W_]+")
# What follows this in a name only repeats the arguments of the path.
_ARGUMENT_TAIL = re.compile(r"(?<=[a-z])By[A-Z]\w*\Z")
_PLAIN_ACTIONS = {
    "Get": "list {many}",
    "GetById": "read {one}",
    "GetByKeyByIdentifier": "read {one} by its key",
    "Post": "create {one}",
    "PutById": "replace {one}",
    "PatchById": "change {one}",
    "DeleteById": "delete {one}",
    "DeleteByKey": "delete {one} by its key",
    "DeleteBulk": "delete several {many}",
    "Export": "export {many}",
    "ShareToFolders": "share {many} with folders",
    "SetEnabled": "switch {many} on or off",
}
_ACROSS_FOLDERS = re.compile(r"Get[A-Za-z]+AcrossFolders")
_FOLDERS_OF_ONE = re.compile(r"GetFoldersFor[A-Za-z]+ById")
# What people, and the vendor's own screens, call the things of a tag.
_NOUNS = {
    "LicensesNamedUser": "licenses of named users",
    "LicensesRuntime": "runtime licenses",
    "Processes": "packages",
    "QueueDefinitions": "queues",
    "Releases": "processes",
}
_PHRASES = dict(
    line.split("\t")
    for line in Path(__file__).with_name("phrases.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)
"""By operation id, what no rule says well."""
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
    "package": ("library",),
    "people": ("user",),
    "person": ("user",),
    "process": ("release",),
    "put": ("add",),
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
    "who": ("current",),
    "whoami": ("current",),
    "workflow": ("process", "release"),
}
_FILLERS = frozenset(
    {"a", "all", "am", "an", "and", "by", "every", "for", "from", "i", "in", "into", "its", "my", "of"}
)
_FILLERS |= {"on", "one", "the", "their", "to", "which", "with"}


def phrase(operation: Operation) -> str:
    """Return what the operation does, in a few plain words: ``list queues`` for ``QueueDefinitions_Get``."""
    if operation.id in _PHRASES:
        return _PHRASES[operation.id]
    tag, _, action = operation.id.partition("_")
    many = _NOUNS.get(tag) or " ".join(_camel_words(tag))
    plain = _PLAIN_ACTIONS.get(action)
    if plain:
        return plain.format(many=many, one=_one_of(many))
    if _ACROSS_FOLDERS.fullmatch(action):
        return f"list {many} across folders"
    if _FOLDERS_OF_ONE.fullmatch(action):
        return f"list the folders of {_one_of(many)}"
    verb, *rest = _camel_words(_ARGUMENT_TAIL.sub("", action))
    if verb == "get" and rest:
        verb = "list" if _stem(rest[-1]) != rest[-1] else "read the"
    return " ".join([verb, *rest])


def scope_phrase(scope: str) -> str:
    """Return what a scope of the vendor's opens: ``read everything about queues`` for ``OR.Queues.Read``."""
    area, _, verb = scope.removeprefix("OR.").partition(".")
    access = {"Read": "read", "Write": "change", "": "read and change"}.get(verb, verb)
    return f"{access} everything about {area_words(area)}"


def area_words(area: str) -> str:
    """Return the name of a scope's area as plain words: ``test sets`` for ``TestSets``."""
    return " ".join(_camel_words(area))


class WordIndex:
    """Operations by the words in their names, phrases, methods and scopes."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._entries = [_Entry(operation) for operation in operations]

    def search(self, words: str) -> list[Operation]:
        """Return the operations that answer to every word, best first; beginnings of words count.

        Where none answers to all of them, those that answer to most are returned. At most eight words are read; no
        words at all return everything in the catalogue's order.
        """
        wanted = [_stem(word) for word in _QUERY_WORD.findall(_uncamel(words[:WORDS_LENGTH_MAX]))]
        wanted = [word for word in wanted if word not in _FILLERS][:WORDS_MAX]
        if not wanted:
            return [entry.operation for entry in self._entries]
        found = [(*entry.score(wanted), entry.operation) for entry in self._entries]
        most = max(answered for answered, _, _ in found)
        best = [(score, operation) for answered, score, operation in found if answered == most > 0]
        best.sort(key=lambda pair: (-pair[0], pair[1].deprecated, len(pair[1].id), pair[1].id))
        typed = words.strip().lower()
        named = [entry.operation for entry in self._entries if entry.operation.id.lower() == typed]
        return named + [operation for _, operation in best if operation not in named]


class _Entry:
    """One operation's words, each with the weight of the place it stands in."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        tag, _, action = operation.id.partition("_")
        spoken = {_stem(word) for word in _QUERY_WORD.findall(phrase(operation).lower()) if word not in _FILLERS}
        weights = {_stem(operation.method.lower()): 0.5}
        weights |= {_stem(word): 0.4 for word in _camel_words(operation.scope or "")}
        weights |= {_stem(word): 2.5 for word in _camel_words(tag)}
        weights |= {_stem(word): 3.0 for word in _camel_words(_ARGUMENT_TAIL.sub("", action))}
        weights |= dict.fromkeys(spoken, 3.0)
        self._weights = weights
        self._spoken = spoken

    def score(self, wanted: list[str]) -> tuple[int, float]:
        """Return how many of the words it answers to and how well; better where its phrase says little else."""
        answered = 0
        score = 0.0
        heard: set[str] = set()
        for word in wanted:
            known, weight = self._best(word)
            if weight:
                answered += 1
                score += weight
                heard.add(known)
        return answered, score * (0.5 + 0.5 * len(heard & self._spoken) / len(self._spoken))

    def _best(self, word: str) -> tuple[str, float]:
        candidates = [(word, self._weights.get(word, 0.0))]
        candidates += [(synonym, 0.8 * self._weights.get(synonym, 0.0)) for synonym in _SYNONYMS.get(word, ())]
        best = max(candidates, key=lambda candidate: candidate[1])
        if best[1] or len(word) == 1:
            return best
        beginnings = [(known, 0.6 * weight) for known, weight in self._weights.items() if known.startswith(word)]
        return max(beginnings, key=lambda candidate: candidate[1], default=best)


def _camel_words(name: str) -> list[str]:
    return [word.lower() for word in _CAMEL.findall(name)]


def _uncamel(text: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower()


def _one_of(many: str) -> str:
    head, _, last = many.rpartition(" ")
    one = f"{head} {_stem(last)}".strip()
    return f"{'an' if one[0] in 'aeio' else 'a'} {one}"


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word
