"""The arithmetic of grants against counting: every pair of operation, folder, address and moment, one by one."""

from datetime import timedelta
from ipaddress import ip_address, ip_network
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from tests.factories.callers import NOW

from stagedoor.access.grants import Grant, Grants, Lineages, Statement
from stagedoor.catalog.matcher import CATALOG, Catalog
from stagedoor.catalog.operations import FolderNeed, Operation, PermissionExpression
from stagedoor.kit.networks import Network
from stagedoor.passage import Allowance, FolderPlace, GrantTerms


def _operation(index: int, need: FolderNeed) -> Operation:
    return Operation(
        index, f"Small_{need}{index}", "Small", "GET", f"/small/{index}", None, PermissionExpression(), need
    )


NEEDS = [FolderNeed.NEEDED, FolderNeed.NEEDED, FolderNeed.ACCEPTED, FolderNeed.FILTERED, FolderNeed.NONE]
SMALL = Catalog([_operation(index, need) for index, need in enumerate(NEEDS)])
GRANTS = Grants(SMALL)
ROOT, CHILD, LEAF, ASIDE = "root", "child", "leaf", "aside"
# One folder that no grant ever names stands for all those.
TREE: Lineages = {
    ROOT: (ROOT,),
    CHILD: (ROOT, CHILD),
    LEAF: (ROOT, CHILD, LEAF),
    ASIDE: (ASIDE,),
    "unnamed": ("unnamed",),
}
STRANGERS: Lineages = {key: (key,) for key in TREE}
ADDRESSES = [ip_address(f"10.0.0.{last}") for last in range(8)] + [ip_address("2001:db8::1")]
MOMENTS = [NOW + timedelta(hours=hour) for hour in range(4)]
NETWORKS: list[Network] = [ip_network(f"10.0.0.{n}") for n in range(8)]
NETWORKS += [ip_network(f"10.0.0.{n}/31") for n in (0, 2, 4, 6)]
NETWORKS += [
    ip_network("10.0.0.0/30"),
    ip_network("10.0.0.4/30"),
    ip_network("10.0.0.0/29"),
    ip_network("2001:db8::/32"),
]

FOLDERS = st.frozensets(st.sampled_from([ROOT, CHILD, LEAF, ASIDE]), max_size=3)
STATEMENTS = st.builds(Statement, st.integers(0, 2 ** len(NEEDS) - 1), st.none() | FOLDERS)
GRANTED = st.builds(
    lambda statements, networks, end: GRANTS.make(
        statements, networks=networks, not_after=None if end is None else MOMENTS[end]
    ),
    st.lists(STATEMENTS, max_size=4),
    st.none() | st.lists(st.sampled_from(NETWORKS), max_size=4),
    # An end at or before the first moment would allow nothing that is counted here, and yet not be empty.
    st.none() | st.integers(1, len(MOMENTS) - 1),
)


def counted(grant: Grant, tree: Lineages) -> set[tuple[object, ...]]:
    """Return all that the grant allows, one by one; a moment is allowed when it lies before the end."""
    pairs: set[tuple[int, str | None]] = set()
    for operation in SMALL.operations:
        reach = grant.reach(operation)
        if reach is None:
            continue
        if reach.folder_keys is None:
            pairs.add((operation.index, None))
        pairs |= {
            (operation.index, key)
            for key, lineage in tree.items()
            if reach.covers(FolderPlace(0, key, key, tuple(lineage)))
        }
    addresses = [a for a in ADDRESSES if grant.networks is None or any(a in network for network in grant.networks)]
    # Where there is no limit, an address outside every network and a moment after every end count as well.
    places: list[object] = [*addresses, "elsewhere"] if grant.networks is None else [*addresses]
    moments: list[object] = [moment for moment in MOMENTS if grant.not_after is None or moment < grant.not_after]
    if grant.not_after is None:
        moments.append("for ever")
    return set(product(pairs, places, moments))


@given(GRANTED, GRANTED)
def test_inside_is_exact_in_a_known_tree(one: Grant, other: Grant) -> None:
    assert one.is_inside(other, TREE) == (counted(one, TREE) <= counted(other, TREE))


@given(GRANTED, GRANTED)
def test_inside_is_exact_among_strangers(one: Grant, other: Grant) -> None:
    assert one.is_inside(other) == (counted(one, STRANGERS) <= counted(other, STRANGERS))


@given(GRANTED, GRANTED)
def test_an_intersection_is_exactly_what_both_allow(one: Grant, other: Grant) -> None:
    assert counted(one.intersect(other, TREE), TREE) == counted(one, TREE) & counted(other, TREE)
    assert counted(one.intersect(other), STRANGERS) == counted(one, STRANGERS) & counted(other, STRANGERS)


@given(GRANTED, GRANTED)
def test_an_intersection_is_inside_both_with_or_without_the_tree(one: Grant, other: Grant) -> None:
    for shared in (one.intersect(other), one.intersect(other, TREE)):
        assert shared.is_inside(one, TREE)
        assert shared.is_inside(other, TREE)


@given(GRANTED, GRANTED)
def test_grants_that_allow_the_same_are_equal(one: Grant, other: Grant) -> None:
    same = counted(one, STRANGERS) == counted(other, STRANGERS)
    assert (one == other) == same or (one.is_empty and other.is_empty)


WORDS = st.sampled_from(
    [
        *(
            "all",
            "Jobs_Get",
            "Jobs_StartJobs",
            "tag:Jobs",
            "tag:Webhooks",
            "tag:Assets",
            "scope:OR.Jobs",
            "scope:OR.Assets",
        ),
        *("scope:OR.Jobs.Read", "scope:OR.Default", "permission:Jobs.View", "permission:Queues.View"),
        *("permission:Transactions.View", "role:Automation User", "role:Administrator", "nonsense", "x:y", ""),
    ]
)
ALLOW = st.lists(WORDS, max_size=4).map(tuple)
CEILING = st.none() | st.lists(
    st.sampled_from(["OR.Jobs", "OR.Jobs.Read", "openid", "OR.Default", "tag:Jobs"]), max_size=3
).map(tuple)
ALLOWANCES = st.builds(Allowance, ALLOW, st.none() | FOLDERS.map(tuple), st.sampled_from([None, "here", "there"]))
TERMS = st.builds(GrantTerms, st.lists(ALLOWANCES, max_size=3).map(tuple), CEILING)
WHOLE = Grants(CATALOG)


@given(TERMS, st.data())
def test_narrowing_words_never_widens_a_grant(terms: GrantTerms, data: st.DataObject) -> None:
    kept = [allowance for allowance in terms.allowances if data.draw(st.booleans())]
    narrower = [
        Allowance(
            tuple(word for word in allowance.allow if data.draw(st.booleans())),
            tuple(allowance.folders[:1])
            if allowance.folders is not None
            else data.draw(st.none() | FOLDERS.map(tuple)),
            allowance.tenant_id or data.draw(st.sampled_from([None, "here"])),
        )
        for allowance in kept
    ]
    ceiling = data.draw(CEILING) if terms.ceiling is None else terms.ceiling
    narrowed = WHOLE.compile(GrantTerms(tuple(narrower), ceiling), "here")
    assert narrowed.is_inside(WHOLE.compile(terms, "here"))


@given(TERMS, st.lists(ALLOWANCES, max_size=2))
def test_more_allowances_never_take_anything_away(terms: GrantTerms, more: list[Allowance]) -> None:
    wider = GrantTerms((*terms.allowances, *more), terms.ceiling)
    assert WHOLE.compile(terms, "here").is_inside(WHOLE.compile(wider, "here"))


@given(TERMS)
def test_a_ceiling_only_cuts(terms: GrantTerms) -> None:
    uncut = WHOLE.compile(GrantTerms(terms.allowances), "here")
    assert WHOLE.compile(terms, "here").is_inside(uncut)
