from datetime import timedelta

import pytest
from tests.factories.callers import BELOW_SHARED, FINANCE, NOW, SHARED, terms

from stagedoor.access.errors import NetworkMalformed, UnknownSelector
from stagedoor.access.grants import Grants, Statement
from stagedoor.catalog.matcher import CATALOG
from stagedoor.kit.networks import parse_network
from stagedoor.passage import Allowance, GrantTerms, Reach

GRANTS = Grants(CATALOG)
TREE = {place.key: place.lineage for place in (SHARED, BELOW_SHARED, FINANCE)}


def bits(*names: str) -> int:
    return GRANTS.selectors.resolve(names)


class TestNormalForm:
    def test_the_same_said_differently_is_equal(self) -> None:
        one = GRANTS.make([Statement(bits("Jobs_Get", "Assets_Get"), frozenset({"a", "b"}))])
        other = GRANTS.make(
            [
                Statement(bits("Assets_Get"), frozenset({"b"})),
                Statement(bits("Jobs_Get"), frozenset({"a", "b"})),
                Statement(bits("Assets_Get"), frozenset({"a"})),
                Statement(0, frozenset({"c"})),
                Statement(bits("Jobs_Get"), frozenset()),
            ]
        )
        assert one == other
        assert len(one.statements) == 1

    def test_what_is_allowed_everywhere_is_not_said_again_for_a_folder(self) -> None:
        grant = GRANTS.make([Statement(bits("Jobs_Get")), Statement(bits("Jobs_Get", "Assets_Get"), frozenset({"a"}))])
        assert grant.statements == (Statement(bits("Jobs_Get")), Statement(bits("Assets_Get"), frozenset({"a"})))

    def test_what_no_folder_bounds_is_never_in_a_limited_statement(self) -> None:
        assert GRANTS.make([Statement(bits("Webhooks_Get", "Assets_ShareToFolders"), frozenset({"a"}))]).is_empty


class TestCompiling:
    def test_takes_the_ceiling_and_the_tenant_into_account(self) -> None:
        granted = GrantTerms(
            (
                Allowance(("tag:Jobs",)),
                Allowance(("tag:Assets",), tenant_id="here"),
                Allowance(("all",), tenant_id="there"),
            ),
            ceiling=("OR.Jobs.Read", "OR.Assets.Read"),
        )
        names = {
            operation.tag for operation in GRANTS.selectors.list_operations(GRANTS.compile(granted, "here").operations)
        }
        assert names == {"Jobs", "Assets"}
        assert GRANTS.compile(granted, "here").reach(CATALOG.get_operation("Jobs_StartJobs")) is None
        assert GRANTS.compile(granted, "there").reach(CATALOG.get_operation("Robots_Get")) is None
        assert GRANTS.compile(granted, None).reach(CATALOG.get_operation("Assets_Get")) is None

    def test_writing_is_strict(self) -> None:
        GRANTS.verify(terms("all", networks=("10.0.0.0/8",)))
        with pytest.raises(UnknownSelector):
            GRANTS.verify(terms("Jobs_Fly"))
        with pytest.raises(NetworkMalformed) as refused:
            GRANTS.verify(terms("all", networks=("nowhere" * 1000,)))
        assert len(refused.value.public) < 200


class TestInside:
    def test_a_folder_is_inside_the_one_above_only_where_the_tree_says_so(self) -> None:
        below = GRANTS.make([Statement(bits("Jobs_Get"), frozenset({BELOW_SHARED.key}))])
        above = GRANTS.make([Statement(bits("tag:Jobs"), frozenset({SHARED.key}))])
        assert below.is_inside(above, TREE)
        assert not above.is_inside(below, TREE)
        assert not below.is_inside(above)

    def test_every_folder_that_there_is_today_is_not_everywhere(self) -> None:
        listed = GRANTS.make([Statement(bits("Jobs_Get"), frozenset(TREE))])
        assert not GRANTS.make([Statement(bits("Jobs_Get"))]).is_inside(listed, TREE)

    def test_a_later_end_or_a_wider_network_is_outside(self) -> None:
        grant = GRANTS.make([Statement(bits("Jobs_Get"))], not_after=NOW, networks=[parse_network("10.0.0.0/8")])
        inside = GRANTS.make(
            [Statement(bits("Jobs_Get"))], not_after=NOW - timedelta(1), networks=[parse_network("10.1.0.0/16")]
        )
        assert inside.is_inside(grant)
        for other in (
            GRANTS.make([Statement(bits("Jobs_Get"))], networks=grant.networks),
            GRANTS.make([Statement(bits("Jobs_Get"))], not_after=NOW),
            GRANTS.make([Statement(bits("Jobs_Get"))], not_after=NOW + timedelta(1), networks=grant.networks),
        ):
            assert not other.is_inside(grant)

    def test_nothing_is_inside_everything_and_something_not_inside_nothing(self) -> None:
        nothing = GRANTS.make([])
        from_nowhere = GRANTS.make([Statement(bits("all"))], networks=[])
        something = GRANTS.make([Statement(bits("Jobs_Get"))])
        assert nothing.is_inside(something)
        assert from_nowhere.is_inside(nothing)
        assert not something.is_inside(from_nowhere)


class TestIntersection:
    def test_of_a_folder_and_one_below_it_is_the_one_below(self) -> None:
        above = GRANTS.make([Statement(bits("Jobs_Get", "Assets_Get"), frozenset({SHARED.key}))])
        below = GRANTS.make([Statement(bits("Jobs_Get"), frozenset({BELOW_SHARED.key, FINANCE.key}))])
        shared = above.intersect(below, TREE)
        assert shared == below.intersect(above, TREE)
        assert shared.reach(CATALOG.get_operation("Jobs_Get")) == Reach(frozenset({BELOW_SHARED.key}))
        assert above.intersect(below).is_empty
