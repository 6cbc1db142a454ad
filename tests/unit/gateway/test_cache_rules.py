"""Rules of the answer cache that cannot be followed."""

import pytest

from stagedoor.catalog import CATALOG
from stagedoor.gateway.cache_rules import SECONDS_MAX, CacheRules
from stagedoor.gateway.errors import CacheRuleRefused


@pytest.mark.parametrize(
    "rule",
    [
        *("", "Jobs_Get", "Jobs_Get=", "Jobs_Get=-1", "Jobs_Get=1m", "Jobs_Get=1+no-cache"),
        *("Nothing_Get=1", "Jobs_StartJobs=1", "acme:Jobs_Get=1", "acme/:Jobs_Get=1", f"Jobs_Get={SECONDS_MAX + 1}"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(rule: str) -> None:
    with pytest.raises(CacheRuleRefused):
        CacheRules.read([rule], CATALOG)
