"""``$top``, ``$skip``, ``$count``, ``$orderby``, ``$select`` and ``$format``: pages, order, shape and bounds."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.orm import Session
from tests.factories.workshop import BASE_URL, JOB, ROBOTS, filled_with_six_jobs, opened_workshop, workshop_call
from tests.unit.orchestrator.odata.conftest import ListJobs

from stagedoor.orchestrator.entity import EntitySet
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.odata.read import options_of, read_one, read_set, read_values


def ids(content: dict[str, Any]) -> list[int]:
    return [value["Id"] for value in content["value"]]


class TestList:
    def test_a_list_without_options_shows_everything_of_the_tenant_by_key(self, listed: ListJobs) -> None:
        content = listed()
        assert content["@odata.context"] == f"{BASE_URL}/odata/$metadata#Jobs"
        assert ids(content) == [1, 2, 3, 4, 5, 6]
        assert list(content["value"][0]) == [part.name for part in JOB.properties]

    def test_newest_first_turns_the_order_of_keys(self, listed: ListJobs) -> None:
        assert ids(listed({}, EntitySet("Jobs", JOB, newest_first=True))) == [6, 5, 4, 3, 2, 1]

    def test_conditions_of_the_room_come_on_top_of_the_filter(self, workshop: Session) -> None:
        call = workshop_call(workshop, {"$filter": "State eq 'Running'"})
        assert ids(read_set(call, EntitySet("Jobs", JOB), [JOB.key_attribute > 1]).content) == [5]

    def test_the_status_is_the_rooms_choice(self, workshop: Session) -> None:
        assert read_set(workshop_call(workshop), ROBOTS, status=201).status == 201

    def test_options_may_be_given_instead_of_the_calls_own(self, workshop: Session) -> None:
        options = options_of(workshop_call(workshop, {"$top": "1"}), ROBOTS)
        assert len(read_set(workshop_call(workshop), ROBOTS, options=options).content["value"]) == 1


class TestOne:
    def test_one_entity_is_shown_with_its_context(self, workshop: Session) -> None:
        answer = read_one(workshop_call(workshop, {"$select": "Name"}), ROBOTS, [], status=201)
        assert (answer.status, answer.content) == (
            201,
            {"@odata.context": f"{BASE_URL}/odata/$metadata#Robots/$entity", "Name": "Ärmel"},
        )

    def test_nothing_of_another_tenant_is_found(self, workshop: Session) -> None:
        with pytest.raises(NotFound):
            read_one(workshop_call(workshop), EntitySet("Jobs", JOB), [JOB.key_attribute == 7])

    def test_a_filter_that_it_does_not_meet_hides_it(self, workshop: Session) -> None:
        with pytest.raises(NotFound):
            read_one(workshop_call(workshop, {"$filter": "Id eq 2"}), EntitySet("Jobs", JOB), [JOB.key_attribute == 1])

    def test_values_alone_are_read_without_the_calls_options(self, workshop: Session) -> None:
        values = read_values(workshop_call(workshop, {"$top": "0"}), EntitySet("Jobs", JOB), [JOB.key_attribute < 3])
        assert [value["Id"] for value in values] == [1, 2]


class TestPages:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"$top": "2"}, [1, 2]),
            ({"$top": "2", "$skip": "4"}, [5, 6]),
            ({"$skip": "5"}, [6]),
            ({"$skip": "2147483647"}, []),
            ({"$top": "0"}, []),
            ({"$top": " 1 "}, [1]),
            ({"$top": "", "$filter": " ", "$skip": ""}, [1, 2, 3, 4, 5, 6]),
            ({"$top": "100"}, [1, 2, 3, 4, 5, 6]),
        ],
    )
    def test_top_and_skip_choose_the_page(self, listed: ListJobs, query: dict[str, str], found: list[int]) -> None:
        assert ids(listed(query)) == found

    @pytest.mark.parametrize("option", ["$top", "$skip"])
    @pytest.mark.parametrize("value", ["-1", "x", "1.5", "1e3", "٣", "+1", "99999999999999999999999999"])
    def test_what_is_no_number_in_its_bounds_is_refused(self, listed: ListJobs, option: str, value: str) -> None:
        with pytest.raises(InvalidRequest) as refused:
            listed({option: value})
        assert refused.value.details == {"option": option}
        assert refused.value.error_code == 1000

    def test_top_beyond_the_sets_bound_is_refused_with_the_bound(self, listed: ListJobs) -> None:
        with pytest.raises(InvalidRequest, match="100 at most"):
            listed({"$top": "101"})

    def test_a_page_cut_by_the_default_bound_links_to_the_next(self, workshop: Session) -> None:
        small = EntitySet("Jobs", JOB, top_max=4)
        query = {"$filter": "contains(Key,'-') and Id gt 0", "$select": "Id", "apiversion": "1 2"}
        content = read_set(workshop_call(workshop, query), small).content
        assert ids(content) == [1, 2, 3, 4]
        link = urlsplit(content["@odata.nextLink"])
        assert f"{link.scheme}://{link.netloc}{link.path}" == f"{BASE_URL}/odata/Jobs"
        following = {name: values[0] for name, values in parse_qs(link.query).items()}
        assert following == {**query, "$skip": "4"}
        last = read_set(workshop_call(workshop, following), small).content
        assert ids(last) == [5, 6]
        assert "@odata.nextLink" not in last

    def test_a_page_that_the_caller_bounded_links_nowhere(self, listed: ListJobs) -> None:
        assert "@odata.nextLink" not in listed({"$top": "1"})

    def test_values_of_the_path_are_kept_in_the_link(self, workshop: Session) -> None:
        call = workshop_call(workshop, path_arguments={"key": "a/b"})
        operation = type(call.operation)(
            0, "X", "X", "GET", "/odata/Jobs/X(key={key})", None, call.operation.permissions, call.operation.folder
        )
        call = workshop_call(workshop, path_arguments={"key": "a/b"}, operation=operation)
        link = read_set(call, EntitySet("Jobs", JOB, top_max=1)).content["@odata.nextLink"]
        assert link == f"{BASE_URL}/odata/Jobs/X(key=a%2Fb)?$skip=1"


class TestCount:
    @pytest.mark.parametrize(
        ("query", "counts_always", "count"),
        [
            ({}, True, 6),
            ({}, False, None),
            ({"$count": "true"}, False, 6),
            ({"$count": "TRUE", "$top": "1"}, False, 6),
            ({"$count": "true", "$skip": "4"}, False, 6),
            ({"$count": "true", "$top": "0"}, False, 6),
            ({"$count": "true", "$filter": "Robot/Name eq 'bob'", "$top": "1"}, False, 1),
            ({"$count": "false"}, True, None),
        ],
    )
    def test_the_count_is_of_all_that_meet_the_filter(
        self, listed: ListJobs, query: dict[str, str], counts_always: bool, count: int | None
    ) -> None:
        entity_set = EntitySet("Jobs", JOB, counts_always=counts_always)
        assert listed(query, entity_set).get("@odata.count") == count

    def test_count_is_true_or_false(self, listed: ListJobs) -> None:
        with pytest.raises(InvalidRequest, match="expected true or false, found «1»"):
            listed({"$count": "1"})


class TestOrder:
    @pytest.mark.parametrize(
        ("orderby", "found"),
        [
            ("Id desc", [6, 5, 4, 3, 2, 1]),
            ("Priority", [3, 4, 6, 1, 5, 2]),
            ("Priority desc", [2, 5, 1, 6, 4, 3]),
            ("Name", [5, 4, 1, 2, 3, 6]),
            ("State desc,Id", [3, 6, 2, 1, 5, 4]),
            ("Robot/Name,Id desc", [5, 4, 3, 2, 6, 1]),
            ("RobotLabel desc", [6, 1, 2, 5, 4, 3]),
            ("Tags/$count desc", [1, 2, 6, 5, 4, 3]),
            ("length(Name) desc", [4, 2, 3, 1, 6, 5]),
            ("Nothing,Edition desc,Id desc", [6, 5, 4, 3, 2, 1]),
            ("SecretCode desc", [6, 5, 4, 3, 2, 1]),
            ("date(CreationTime) desc", [6, 5, 4, 3, 2, 1]),
            ("time(EndTime) desc,Id", [5, 1, 2, 3, 4, 6]),
            ("EndTime sub CreationTime desc,Id", [5, 1, 2, 3, 4, 6]),
            ("Settings/Mode desc,Id", [2, 1, 3, 4, 5, 6]),
            ("Marks/$count desc,Id", [1, 2, 3, 4, 5, 6]),
            ("floor(Cost) desc,Id", [2, 1, 3, 4, 5, 6]),
        ],
    )
    def test_rows_come_in_the_order_asked_for(self, listed: ListJobs, orderby: str, found: list[int]) -> None:
        assert ids(listed({"$orderby": orderby})) == found

    @pytest.mark.parametrize(
        ("orderby", "message"),
        [
            ("Id,Id,Id,Id,Id,Id", "6 sort keys; 5 are allowed"),
            ("Nmae", "no property «Nmae»"),
            ("Details", "neither filtered nor sorted"),
            ("isof(Name,Edm.String)", "cannot stand here"),
            ("Tags/Name", "Tags has many members"),
            ("Name eq 'x'", "not a condition"),
            ("now()", "a constant sorts nothing"),
            ("null", "a constant sorts nothing"),
            ("'Name'", "a constant sorts nothing"),
            ("Name;drop", "found «;»"),
        ],
    )
    def test_an_order_that_cannot_be_is_refused(self, listed: ListJobs, orderby: str, message: str) -> None:
        with pytest.raises(InvalidRequest, match=message) as refused:
            listed({"$orderby": orderby})
        assert refused.value.details["option"] == "$orderby"

    def test_pages_neither_repeat_nor_lose_rows_that_tie(self, listed: ListJobs) -> None:
        pages = [ids(listed({"$orderby": "IsLate", "$top": "2", "$skip": str(skip)})) for skip in (0, 2, 4)]
        assert sorted(number for page in pages for number in page) == [1, 2, 3, 4, 5, 6]


class TestSelect:
    @pytest.mark.parametrize(
        ("select", "names"),
        [
            ("Id", ["Id"]),
            ("name, id ,NAME", ["Id", "Name"]),
            (
                "Details,RobotName,RobotLabel,Labels,Nothing",
                ["Details", "Labels", "RobotName", "RobotLabel", "Nothing"],
            ),
            ("Id,Robot", ["Id"]),
            ("Robot", []),
            ("Nothing", ["Nothing"]),
            ("Id,Settings/Mode", ["Id", "Settings"]),
        ],
    )
    def test_only_what_is_chosen_is_shown(self, listed: ListJobs, select: str, names: list[str]) -> None:
        assert list(listed({"$select": select, "$top": "1"})["value"][0]) == names

    @pytest.mark.parametrize(
        ("select", "shown"),
        [
            ("Settings/Mode", {"Settings": {"Mode": "Fast"}}),
            ("settings/mode,Settings/Inner/depth", {"Settings": {"Mode": "Fast", "Inner": {"Depth": 1.5}}}),
            ("Settings/Inner,Settings/Inner/Depth", {"Settings": {"Inner": {"Depth": 1.5}}}),
            ("Settings/Since", {"Settings": {}}),
            ("Marks/Weight", {"Marks": [{"Weight": 2}, {"Weight": None}]}),
            ("Details/Text", {"Details": {"Text": "Invoice"}}),
        ],
    )
    def test_a_path_chooses_inside_a_property(self, listed: ListJobs, select: str, shown: dict[str, Any]) -> None:
        assert listed({"$select": select, "$top": "1"})["value"] == [shown]

    def test_the_whole_property_outdoes_a_path_into_it(self, listed: ListJobs) -> None:
        assert len(listed({"$select": "Settings,Settings/Mode", "$top": "1"})["value"][0]["Settings"]) == 4
        assert len(listed({"$select": "*,Settings/Mode", "$top": "1"})["value"][0]["Settings"]) == 4

    def test_a_path_into_nothing_shows_nothing(self, listed: ListJobs) -> None:
        assert listed({"$select": "Settings/Mode,Marks/Name", "$filter": "Id eq 3"})["value"] == [
            {"Settings": None, "Marks": None}
        ]

    def test_a_path_through_an_expansion_chooses_inside_it(self, listed: ListJobs) -> None:
        query = {"$select": "Id,Robot/Name,robot/Machine/Name", "$expand": "Robot($expand=Machine)", "$top": "1"}
        assert listed(query)["value"] == [{"Id": 1, "Robot": {"Name": "Ärmel", "Machine": {"Name": "Forge"}}}]
        query = {"$select": "Robot/Name", "$expand": "Robot($select=Type)", "$top": "1"}
        assert listed(query)["value"] == [{"Robot": {"Name": "Ärmel", "Type": "Unattended"}}]

    def test_a_star_chooses_everything(self, listed: ListJobs) -> None:
        assert listed({"$select": "*"}) == listed()

    @pytest.mark.parametrize(
        ("select", "message", "hint"),
        [
            ("Nme", "JobDto has no property «Nme»", "Name"),
            ("Id,", "has no property «»", None),
            ("Robot/Name", "chosen where it is expanded", "$expand=Robot($select=Name)"),
            ("Id,Tags/Nme", "chosen where it is expanded", "$expand=Tags($select=Nme)"),
            ("Name/First", "Name has no property «First»", "Name has none"),
            ("Settings/Mod", "JobSettings has no property «Mod»", "Mode"),
            ("Settings/Mode/First", "Settings has no property «First»", None),
            (",".join(["Id"] * 300), "300 properties; 256 are allowed", None),
            ("x" * 40_000, "40000 characters", None),
        ],
    )
    def test_an_unknown_choice_is_refused(self, listed: ListJobs, select: str, message: str, hint: str | None) -> None:
        with pytest.raises(InvalidRequest, match=message) as refused:
            listed({"$select": select})
        assert hint is None or hint in (refused.value.hint or "")


class TestOtherOptions:
    @pytest.mark.parametrize("value", ["json", "application/json", "application/json;odata.metadata=none"])
    def test_json_may_be_asked_for(self, listed: ListJobs, value: str) -> None:
        assert ids(listed({"$format": value, "$top": "1"})) == [1]

    def test_another_format_is_refused(self, listed: ListJobs) -> None:
        with pytest.raises(InvalidRequest, match="«atom» is not offered"):
            listed({"$format": "atom"})

    @pytest.mark.parametrize("option", ["$apply", "$compute", "$search", "$skiptoken", "$deltatoken"])
    def test_an_option_that_the_vendor_does_not_offer_is_refused_by_name(self, listed: ListJobs, option: str) -> None:
        with pytest.raises(InvalidRequest, match="this API does not offer the option") as refused:
            listed({option: "x"})
        assert refused.value.details["option"] == option

    @pytest.mark.parametrize("option", ["$fliter", "$levels"])
    def test_an_unknown_option_is_refused_and_not_ignored(self, listed: ListJobs, option: str) -> None:
        with pytest.raises(InvalidRequest, match="does not know this option"):
            listed({option: "x"})

    def test_an_option_may_go_without_its_dollar(self, listed: ListJobs) -> None:
        assert ids(listed({"filter": "Id gt 4", "orderby": "Id desc"})) == [6, 5]

    def test_other_names_without_a_dollar_belong_to_the_operation(self, listed: ListJobs) -> None:
        assert ids(listed({"fliter": "nonsense", "mandatorypermissions": "x"})) == [1, 2, 3, 4, 5, 6]


def test_rows_added_later_are_seen_by_the_same_call() -> None:
    with opened_workshop() as session:
        call = workshop_call(session, {"$top": "1", "$orderby": "Id desc", "$select": "Name"})
        for row in session.query(JOB.model).all():
            session.delete(row)
        session.flush()
        assert read_set(call, EntitySet("Jobs", JOB)).content["value"] == []
        session.expunge_all()
        for table in reversed(JOB.model.metadata.sorted_tables):
            session.execute(table.delete())
        filled_with_six_jobs(session)
        assert read_set(call, EntitySet("Jobs", JOB)).content["value"] == [{"Name": "Übung"}]
