"""How much of the query language one request may use; what is beyond is refused with 400/1000, never tried.

The vendor states 100 expressions, five sort keys and two levels of expansion; the other bounds are ours and keep
parsing linear, the stack shallow and a statement within what SQLite takes.
"""

TEXT_LENGTH_MAX = 32 * 1024
"""Characters of one query option."""

TOKENS_MAX = 5_000
NESTING_MAX = 32
"""Levels of brackets, functions and operators inside each other."""

EXPRESSIONS_MAX = 100
"""Comparisons and tests in one ``$filter``; an ``in`` counts as one."""

LIST_ITEMS_MAX = 1_000
"""Values in one ``in (…)``."""

SORT_KEYS_MAX = 5
EXPAND_DEPTH_MAX = 2
EXPAND_ITEMS_MAX = 32
"""Navigations named in one ``$expand``, nested ones included."""

SELECT_ITEMS_MAX = 256
SKIP_MAX = 2**31 - 1
EXPANDED_ROWS_MAX = 20_000
"""Rows that one expansion may add to one page."""

INT64_MAX = 2**63 - 1
