"""Declarations: what they find, and what they refuse at import time."""

from typing import Any

import pytest
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from tests.factories.workshop import JOB, JOB_STATE, ROBOT, Job, Robot

from stagedoor.orchestrator.entity import (
    Borrowed,
    Computed,
    Constant,
    EdmType,
    EntityType,
    EnumType,
    Navigation,
    Property,
)

ID = Property("Id", EdmType.INT64, Job.id)


class TestEnumType:
    @pytest.mark.parametrize(
        ("word", "number"),
        [
            ("Running", 1),
            ("running", 1),
            (" RUNNING ", 1),
            ("1", 1),
            ("4", 4),
            ("2", None),
            ("-1", None),
            ("Run", None),
            ("", None),
            ("١", None),
            ("9" * 5000, None),
        ],
    )
    def test_a_word_or_a_number_is_found(self, word: str, number: int | None) -> None:
        assert JOB_STATE.find_number(word) == number

    def test_a_number_that_callers_send_is_found_where_the_store_has_another(self) -> None:
        strategy = EnumType("StopStrategy", {"SoftStop": 0, "Kill": 1}, sent={"SoftStop": 1, "Kill": 2})
        assert [strategy.find_number(word) for word in ("Kill", "2", "1", "0")] == [1, 1, 0, None]
        assert strategy.word(1) == "Kill"

    def test_each_number_has_its_word(self) -> None:
        assert [JOB_STATE.word(number) for number in (0, 5, 99)] == ["Pending", "Successful", "99"]

    def test_it_prints_its_name(self) -> None:
        assert repr(EnumType("JobState", {})) == "EnumType('JobState')"


class TestEntityType:
    def test_names_are_found_in_any_letter_case(self) -> None:
        name = JOB.find_property("nAME")
        robot = JOB.find_navigation("ROBOT")
        assert name is not None
        assert robot is not None
        assert (name.name, robot.target()) == ("Name", ROBOT)
        assert JOB.find_property("Robot") is None
        assert JOB.find_navigation("Name") is None

    def test_the_key_is_a_column(self) -> None:
        assert JOB.key_attribute.key == "id"
        with pytest.raises(TypeError, match="the key of X is a column"):
            EntityType("X", Job, (Property("Id", EdmType.INT64),))

    def test_a_name_is_declared_once(self) -> None:
        with pytest.raises(ValueError, match="declares a name twice"):
            EntityType("X", Job, (ID, Property("ID", EdmType.INT64)))
        with pytest.raises(ValueError, match="declares a name twice"):
            EntityType("X", Job, (ID,), navigations=(Navigation("id", lambda: ROBOT, Job.robot_id, Robot.id),))

    def test_a_table_without_a_tenant_is_refused(self) -> None:
        class Loose(DeclarativeBase):
            pass

        class Stray(Loose):
            __tablename__ = "strays"
            id: Mapped[int] = mapped_column(primary_key=True)

        with pytest.raises(TypeError, match="has no tenant_id"):
            EntityType("X", Stray, (Property("Id", EdmType.INT64, Stray.id),))

    @pytest.mark.parametrize(
        "parts",
        [
            {"properties": (ID, Property("Name", EdmType.STRING, Robot.name))},
            {"properties": (ID, Property("Name", EdmType.STRING, Computed(str, Robot.name)))},
            {"properties": (ID, Property("Name", EdmType.STRING, Job.name, folded=Robot.name_folded))},
            {"properties": (ID,), "navigations": (Navigation("Robot", lambda: ROBOT, Robot.id, Robot.id),)},
        ],
    )
    def test_a_column_of_another_table_is_refused(self, parts: dict[str, Any]) -> None:
        with pytest.raises(TypeError, match=r"X reads Robot\.\w+, which is no column of Job"):
            EntityType("X", Job, **parts)

    def test_one_borrows_only_through_a_navigation_to_one_thing(self) -> None:
        with pytest.raises(TypeError, match=r"X\.Name borrows through"):
            EntityType("X", Job, (ID, Property("Name", EdmType.STRING, Borrowed("Robot", "Name"))))

    def test_a_borrowed_property_that_is_not_there_is_named(self) -> None:
        with pytest.raises(LookupError, match="JobDto borrows Robot/Nme"):
            JOB.lender_of(Borrowed("Robot", "Nme"))


class TestProperty:
    @pytest.mark.parametrize(
        ("part", "searchable"),
        [
            (Property("A", EdmType.STRING, Job.name), True),
            (Property("A", EdmType.STRING, Borrowed("Robot", "Name")), True),
            (Property("A", EdmType.STRING, Job.name, filterable=False), False),
            (Property("A", EdmType.STRING, Job.name, collection=True), False),
            (Property("A", EdmType.UNTYPED, Job.arguments), False),
            (Property("A", EdmType.STREAM, Job.arguments), False),
            (Property("A", EdmType.STRING, Computed(str, Job.id)), False),
            (Property("A", EdmType.STRING, Constant("x")), True),
            (Property("A", EdmType.STRING), True),
        ],
    )
    def test_what_the_database_can_know_is_searched(self, part: Property, searchable: bool) -> None:
        assert part.is_searchable is searchable

    def test_a_text_column_keeps_words(self) -> None:
        assert Property("A", JOB_STATE, Robot.type).stores_words
        assert not Property("A", JOB_STATE, Job.state).stores_words
        assert not Property("A", JOB_STATE).stores_words
