"""Functions that each database is asked for in its own words."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, column, create_engine, literal, select

from stagedoor.kit.spelled import Spelled


class quotient(Spelled[int]):  # noqa: N801  # reads as the SQL function that it is
    type = Integer()
    sqlite = "({1} / {0})"
    postgresql = "div({1}, {0})"


class moved(Spelled[int]):  # noqa: N801  # reads as the SQL function that it is
    type = Integer()

    def __init__(self, by: int, number: ColumnElement[Any]) -> None:
        self.sqlite = self.postgresql = f"({{0}} + {by})"
        super().__init__(number)


def test_each_database_gets_its_own_words_with_the_arguments_in_their_places() -> None:
    function = quotient(column("a"), column("b"))
    assert str(function.compile(create_engine("sqlite://"))) == "(b / a)"
    assert str(function.compile(create_engine("postgresql+psycopg://"))) == "div(b, a)"


def test_an_argument_with_braces_is_an_argument_still() -> None:
    with create_engine("sqlite://").connect() as connection:
        assert connection.scalar(select(quotient(literal(3), literal(12)))) == 4
    braces = quotient(column("{1}"), column("b")).compile(create_engine("sqlite://"))
    assert str(braces) == '(b / "{1}")'


def test_two_of_one_class_with_words_of_their_own_are_two() -> None:
    with create_engine("sqlite://").connect() as connection:
        assert [connection.scalar(select(moved(by, literal(1)))) for by in (1, 2)] == [2, 3]
