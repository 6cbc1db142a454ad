"""A string that cannot be printed by accident."""

import hmac
from typing import final


@final
class Secret:
    """Hold a secret; show it only through :meth:`reveal`.

    ``str``, ``repr`` and formatting give ``***``. Equality takes constant time. Pickling is refused, so that a
    crash dump or a worker queue cannot carry the value away.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself; whoever calls this must neither log nor store it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        raise TypeError("a Secret is not hashable: it must not become a dictionary key")

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")

    def __bool__(self) -> bool:
        return bool(self._value)
