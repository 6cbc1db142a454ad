"""``$expand``: what is shown with an entity, in how many statements, and never across the tenant's line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from tests.factories.workshop import JOBS, ROBOTS, TENANT, JobTag, Tag, opened_workshop, workshop_call
from tests.unit.orchestrator.odata.conftest import ListJobs

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.odata import options, page
from stagedoor.orchestrator.odata.expansion import split_expand
from stagedoor.orchestrator.odata.read import read_one, read_set


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def shown(content: dict[str, Any], name: str, key: str = "Name") -> list[Any]:
    result: list[Any] = []
    for value in content["value"]:
        thing = value[name]
        result.append([each[key] for each in thing] if isinstance(thing, list) else thing and thing[key])
    return result


class TestRows:
    def test_one_thing_is_an_object_or_null(self, listed: ListJobs) -> None:
        content = listed({"$expand": "Robot", "$select": "Id"})
        assert shown(content, "Robot") == ["Ärmel", "Bob", None, None, None, "Ärmel"]
        assert list(content["value"][0]) == ["Id", "Robot"]

    def test_many_things_are_a_list(self, listed: ListJobs) -> None:
        assert shown(listed({"$expand": "tags"}), "Tags") == [["red", "blue"], ["blue"], [], [], [], []]

    def test_nothing_of_another_tenant_is_expanded(self, listed: ListJobs) -> None:
        content = listed({"$expand": "Robot,Tags", "$filter": "Id eq 3"})
        assert content["value"][0]["RobotName"] == "Spy"  # an expression without the tenant's line is the room's own
        assert content["value"][0]["RobotLabel"] is None
        assert (content["value"][0]["Robot"], content["value"][0]["Tags"]) == (None, [])

    def test_what_the_call_may_not_see_is_not_expanded(self, listed: ListJobs) -> None:
        assert shown(listed({"$expand": "SeenRobot"}), "SeenRobot") == ["Ärmel", None, None, None, None, "Ärmel"]

    def test_options_inside_choose_among_many(self, listed: ListJobs) -> None:
        expand = "Jobs($select=Id;$filter=State eq 'Running' or contains(Name,');');$orderby=Id desc)"
        assert shown(listed({"$expand": expand}, ROBOTS), "Jobs", "Id") == [[1], []]

    def test_top_and_skip_inside_count_for_each_owner(self, listed: ListJobs) -> None:
        content = listed({"$expand": "Tags($orderby=Name;$top=1)"})
        assert shown(content, "Tags") == [["blue"], ["blue"], [], [], [], []]
        content = listed({"$expand": "Tags($orderby=Name;$skip=1)"})
        assert shown(content, "Tags") == [["red"], [], [], [], [], []]

    def test_count_inside_is_of_all_that_meet_the_filter(self, listed: ListJobs) -> None:
        content = listed({"$expand": "Tags($count=true;$top=0),Tags"})
        assert [value["Tags@odata.count"] for value in content["value"]] == [2, 1, 0, 0, 0, 0]
        content = listed({"$expand": "Tags($count=true;$filter=Name eq 'red')", "$top": "2"})
        assert [value["Tags@odata.count"] for value in content["value"]] == [1, 0]

    def test_expansions_nest(self, listed: ListJobs) -> None:
        content = listed({"$expand": "Robot($select=Name;$expand=Machine($select=Name))", "$top": "2"})
        assert [value["Robot"] for value in content["value"]] == [
            {"Name": "Ärmel", "Machine": {"Name": "Forge"}},
            {"Name": "Bob", "Machine": None},
        ]

    def test_a_path_is_the_old_way_to_nest(self, listed: ListJobs) -> None:
        old = listed({"$expand": "Robot,Robot/Machine,Tags"})
        assert old == listed({"$expand": "Robot($expand=Machine),Tags"})

    def test_a_star_expands_everything(self, listed: ListJobs) -> None:
        value = listed({"$expand": "*", "$select": "Id", "$top": "1"})["value"][0]
        assert list(value) == ["Id", "Robot", "Tags", "SeenRobot"]

    def test_one_entity_is_expanded_too(self, workshop: Session) -> None:
        content = read_one(workshop_call(workshop, {"$expand": "Tags", "$select": "Id"}), JOBS, []).content
        assert [tag["Name"] for tag in content["Tags"]] == ["red", "blue"]

    def test_each_level_is_one_statement(self, workshop: Session) -> None:
        call = workshop_call(workshop, {"$expand": "Robot($expand=Machine),Tags"})
        with statements(workshop) as seen:
            read_set(call, JOBS)
        assert len(seen) == 4

    def test_nothing_to_expand_asks_nothing(self, workshop: Session) -> None:
        with statements(workshop) as seen:
            read_set(workshop_call(workshop, {"$expand": "Robot", "$filter": "Id eq 4"}), JOBS)
        assert len(seen) == 1

    def test_an_expansion_that_would_flood_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(page, "EXPANDED_ROWS_MAX", 20)
        with opened_workshop() as session:
            session.add_all(Tag(id=number, tenant_id=TENANT, name="t") for number in range(10, 40))
            session.add_all(JobTag(job_id=4, tag_id=number) for number in range(10, 40))
            session.flush()
            with pytest.raises(InvalidRequest, match="would add more than 20 rows") as refused:
                read_set(workshop_call(session, {"$expand": "Tags"}), JOBS)
            assert refused.value.hint is not None
            assert "$expand=Tags($top=10)" in refused.value.hint
            read_set(workshop_call(session, {"$expand": "Tags($top=10)"}), JOBS)

    def test_a_thing_that_many_rows_show_counts_each_time_it_is_written(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(page, "EXPANDED_ROWS_MAX", 8)
        with opened_workshop() as session:
            expand = {"$expand": "Robot($expand=Jobs)", "$filter": "Robot/Name eq 'Ärmel'"}
            assert shown(read_set(workshop_call(session, expand), JOBS).content, "Robot") == ["Ärmel", "Ärmel"]
            # Two jobs show one robot with two jobs: read once, but written as two robots and four jobs.
            monkeypatch.setattr(page, "EXPANDED_ROWS_MAX", 5)
            with pytest.raises(InvalidRequest, match="Robot would add more than 5 rows"):
                read_set(workshop_call(session, expand), JOBS)

    def test_keys_are_asked_for_in_parts(self, monkeypatch: pytest.MonkeyPatch, listed: ListJobs) -> None:
        whole = listed({"$expand": "Tags($count=true)"})
        monkeypatch.setattr(page, "_KEYS_AT_ONCE", 2)
        assert listed({"$expand": "Tags($count=true)"}) == whole


class TestRefusals:
    @pytest.mark.parametrize(
        ("expand", "message"),
        [
            ("Robt", "JobDto has no navigation «Robt»"),
            ("Name", "JobDto has no navigation «Name»"),
            ("Robot($select=Nme)", "RobotDto has no property «Nme»"),
            ("Tags($filter=Nme eq 'x')", r"\$filter in \$expand=Tags at position 1: TagDto has no property «Nme»"),
            ("Tags($orderby=Nme)", r"\$orderby in \$expand=Tags"),
            ("Tags($top=-1)", r"\$top in \$expand=Tags"),
            ("Tags($top=1001)", "1000 at most"),
            ("Tags($skiptoken=2)", r"«\$skiptoken» cannot stand in an expansion"),
            ("Tags(Name)", "«Name» is no option"),
            ("Tags($top=1;$top=2)", r"has «\$top» twice"),
            ("Tags($top=1),Tags($top=2)", r"«Tags» has \$top twice"),
            ("Robot($top=1)", r"Robot is one thing, so \$top"),
            ("Robot($filter=Id eq 1)", r"Robot is one thing, so \$filter"),
            ("Robot(", "a bracket is not closed"),
            ("Robot)", "closes nothing"),
            ("Robot($select=Id)x", "expected a comma"),
            ("Tags($filter=Name eq 'x)", "a quote is not closed"),
            (",", "is no name of a navigation"),
            ("Robot/Machine/Robots/Jobs", "is no name of a navigation"),
            ("Robot($expand=Jobs($expand=Tags))", "2 levels deep at most"),
            ("Robot/Jobs/Tags", "2 levels deep at most"),
            (",".join(["Robot"] * 40), "more than 32 things"),
            ("Robot($expand=" + ",".join(["Jobs"] * 33) + ")", "more than 32 things"),
            ("(" * 400, "a bracket is not closed"),
            ("x" * 40_000, "40000 characters"),
        ],
    )
    def test_an_expansion_that_cannot_be_is_refused(self, listed: ListJobs, expand: str, message: str) -> None:
        with pytest.raises(InvalidRequest, match=message) as refused:
            listed({"$expand": expand})
        assert refused.value.error_code == 1000

    def test_nested_names_count_together(self, monkeypatch: pytest.MonkeyPatch, listed: ListJobs) -> None:
        monkeypatch.setattr(options, "EXPAND_ITEMS_MAX", 3)
        assert listed({"$expand": "Robot($expand=Machine),Tags"})["value"]
        with pytest.raises(InvalidRequest, match="more than 3 things"):
            listed({"$expand": "Robot($expand=Machine,Jobs),Tags"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("A", {"A": {}}),
        (" A , B ", {"A": {}, "B": {}}),
        ("A($select=X,Y;top=1)", {"A": {"$select": "X,Y", "$top": "1"}}),
        ("A($filter=N eq ',;)(')", {"A": {"$filter": "N eq ',;)('"}}),
        ("A($expand=B($select=X;$top=1),C)", {"A": {"$expand": "B($select=X;$top=1),C"}}),
        ("A/B,a/C($top=1)", {"A": {"$expand": "B,C($top=1)"}}),
        ("A(),B($select=)", {"A": {}, "B": {}}),
    ],
)
def test_text_becomes_names_with_options(text: str, named: dict[str, dict[str, str]]) -> None:
    assert {name: item.options for name, item in split_expand(text, "$expand").items()} == named


class TestLevels:
    @pytest.mark.parametrize("levels", ["2", "max", "MAX"])
    def test_levels_expand_the_same_again_inside_itself(self, listed: ListJobs, levels: str) -> None:
        content = listed({"$expand": f"Twin($levels={levels};$select=Name)", "$select": "Id"}, ROBOTS)
        assert content["value"][0] == {"Id": 123, "Twin": {"Name": "Ärmel", "Twin": {"Name": "Ärmel"}}}

    def test_one_level_is_what_there_is_without(self, listed: ListJobs) -> None:
        assert listed({"$expand": "Twin($levels=1)"}, ROBOTS) == listed({"$expand": "Twin"}, ROBOTS)

    @pytest.mark.parametrize(
        ("expand", "message"),
        [
            ("Twin($levels=3)", "2 at most"),
            ("Twin($levels=0)", "at least one level"),
            ("Twin($levels=x)", "expected a whole number"),
            ("Machine($levels=2)", "does not lead to more of its own kind"),
            ("Jobs($expand=Robot($expand=Twin($levels=max)))", "2 levels deep"),
            ("Twin($levels=2;$expand=Machine)", "2 levels deep"),
        ],
    )
    def test_levels_that_cannot_be_are_refused(self, listed: ListJobs, expand: str, message: str) -> None:
        with pytest.raises(InvalidRequest, match=message):
            listed({"$expand": expand}, ROBOTS)
