"""Which reads may be answered from memory, and for how long: an administrator's word, none by default."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stagedoor.catalog.matcher import Catalog
from stagedoor.gateway.errors import CacheRuleRefused
from stagedoor.passage import TenantPlace

SECONDS_MAX = 300
_RULE = re.compile(
    r"(?:(?P<organization>[^\s/:=,]+)/(?P<tenant>[^\s/:=,]+):)?"
    r"(?P<operation>\w+)=(?P<seconds>\d{1,3}(?:\.\d{1,3})?)s?(?P<even>\+no-store)?"
)


@dataclass(frozen=True, slots=True)
class CacheRule:
    """How long an answer is kept; zero shares it only among those who asked before it came.

    ``heeds_upstream`` is false where the upstream's word that its answers must not be stored does not count.
    """

    seconds: float
    heeds_upstream: bool = True


class CacheRules:
    """The rules of a server, for every remote tenant or for one; the narrower counts."""

    def __init__(self, rules: Mapping[tuple[str, str | None], CacheRule]) -> None:
        self._rules = dict(rules)
        self._operations = frozenset(operation for operation, _ in rules)

    @classmethod
    def read(cls, texts: Iterable[str], catalog: Catalog) -> "CacheRules":
        """Read ``[ORGANIZATION/TENANT:]OPERATION=SECONDS[s][+no-store]``.

        Raises :class:`CacheRuleRefused` for what is no rule, and for an operation that does more than read.
        """
        rules: dict[tuple[str, str | None], CacheRule] = {}
        for text in texts:
            match = _RULE.fullmatch(text)
            if match is None:
                raise CacheRuleRefused(f"{text!r} is no cache rule.")
            seconds = float(match["seconds"])
            operation = catalog.find_operation(match["operation"])
            if operation is None or not operation.reads:
                raise CacheRuleRefused(f"{match['operation']} is no operation that only reads.")
            if seconds > SECONDS_MAX:
                raise CacheRuleRefused(f"{text!r} keeps answers for more than {SECONDS_MAX} seconds.")
            tenant = f"{match['organization']}/{match['tenant']}".lower() if match["tenant"] else None
            rules[operation.id, tenant] = CacheRule(seconds, heeds_upstream=match["even"] is None)
        return cls(rules)

    def __bool__(self) -> bool:
        return bool(self._rules)

    def find_rule(self, operation_id: str, tenant: TenantPlace) -> CacheRule | None:
        """Return the rule for an operation on a tenant; ``None`` is the rule for nearly all."""
        if operation_id not in self._operations:
            return None
        name = f"{tenant.organization_name}/{tenant.tenant_name}".lower()
        return self._rules.get((operation_id, name)) or self._rules.get((operation_id, None))
