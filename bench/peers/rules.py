"""What every gateway is to enforce: some keys, each with a role, and the operations that a role may call.

A request is allowed if ``role:METHOD:path`` stands among the paths without parameters, or matches one of the patterns.
The operations are those of Stagedoor's catalogue, so that all gateways are given the same work.
"""

import hashlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stagedoor.catalog import CATALOG
from stagedoor.catalog.operations import Operation
from stagedoor.identity.api_users.key_form import DrawnKey, draw_key
from stagedoor.kit.chance import SeededChance

READER, CLERK = "reader", "clerk"
CLERK_TAGS = ("QueueItems", "Queues", "Transactions")
A_CLERK_EVERY = 10
KEYS_IN_LOAD_MAX = 10_000
PARAMETER = re.compile(r"\{\w+\}")
PARAMETER_PATTERN = "[^/()]+"

KEYS_FILE = "keys.txt"
PATHS_FILE = "paths.txt"
PATTERNS_FILE = "patterns.txt"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a key: ``name`` is the role and a number, ``reader-17``."""

    name: str
    role: str
    drawn: DrawnKey

    @property
    def key(self) -> str:
        """The key as it is sent."""
        return self.drawn.key.reveal()

    @property
    def key_sha256(self) -> str:
        """The hexadecimal SHA-256 of the key, for gateways that can keep keys hashed."""
        return hashlib.sha256(self.key.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rules:
    """The keys. Nine of ten read everything, one of ten works on queues and reads nothing else."""

    holders: Sequence[Holder]

    def get_holder(self, role: str) -> Holder:
        """Return the first holder of a role."""
        return next(holder for holder in self.holders if holder.role == role)

    def draw_keys_for_load(self) -> list[str]:
        """Return the keys of readers in an order drawn by chance, at most ten thousand of them."""
        readers = [holder.key for holder in self.holders if holder.role == READER]
        return random.Random(7).sample(readers, k=min(len(readers), KEYS_IN_LOAD_MAX))

    def write_files(self, directory: Path, prefix: str) -> None:
        """Write the rules as text, for gateways that read files of their own making.

        Keys stand hashed, each with its holder's name; paths carry the prefix under which the gateway answers.
        """
        lines = (f"{holder.key_sha256} {holder.name}\n" for holder in self.holders)
        (directory / KEYS_FILE).write_text("".join(lines))
        (directory / PATHS_FILE).write_text("".join(f"{path}\n" for path in allowed_paths(prefix)))
        (directory / PATTERNS_FILE).write_text("".join(f"{pattern}\n" for pattern in allowed_patterns(prefix)))


def draw_rules(key_count: int) -> Rules:
    """Draw that many keys."""
    chance = SeededChance(key_count)
    roles = (CLERK if number % A_CLERK_EVERY == A_CLERK_EVERY - 1 else READER for number in range(key_count))
    return Rules([Holder(f"{role}-{number}", role, draw_key(chance)) for number, role in enumerate(roles)])


def selectors_of(role: str) -> list[str]:
    """Return what a role may call as a grant of Stagedoor says it."""
    if role == CLERK:
        return [f"tag:{tag}" for tag in CLERK_TAGS]
    scopes = {operation.scope for operation in CATALOG.operations if _is_read(operation)}
    return sorted(f"scope:{scope}" for scope in scopes)


def operations_of(role: str) -> list[Operation]:
    """Return what a role may call, operation by operation."""
    if role == CLERK:
        return [operation for operation in CATALOG.operations if operation.tag in CLERK_TAGS]
    return [operation for operation in CATALOG.operations if _is_read(operation)]


def _is_read(operation: Operation) -> bool:
    return operation.scope is not None and operation.scope.endswith(".Read")


def allowed_paths(prefix: str) -> Iterator[str]:
    """Yield ``role:METHOD:path`` of all operations whose path has no parameter."""
    for role, operation in _allowed():
        if not PARAMETER.search(operation.template):
            yield f"{role}:{operation.method}:{prefix}{operation.template}"


def allowed_patterns(prefix: str) -> Iterator[str]:
    """Yield a regular expression of ``role:METHOD:path`` for each operation whose path has parameters.

    They are not anchored, and use nothing but what the common dialects agree on.
    """
    for role, operation in _allowed():
        if PARAMETER.search(operation.template):
            words = (re.escape(word) for word in PARAMETER.split(operation.template))
            yield f"{role}:{operation.method}:{re.escape(prefix)}{PARAMETER_PATTERN.join(words)}"


def _allowed() -> Iterator[tuple[str, Operation]]:
    for role in (READER, CLERK):
        for operation in operations_of(role):
            yield role, operation
