"""Queries into trees: precedence, every form that clients send, and bounds."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.odata.parser import parse_filter, parse_orderby
from stagedoor.orchestrator.odata.tree import (
    Arithmetic,
    Comparison,
    Flagged,
    Function,
    GuidText,
    Junction,
    Lambda,
    Literal,
    Membership,
    Negative,
    Node,
    Not,
    Path,
    PrefixedText,
)

GUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


def drawn(node: Node | None) -> object:
    """Return a tree as nested tuples, for reading at a glance."""
    match node:
        case Literal():
            return node.value
        case Path():
            return "/".join(node.names)
        case Function():
            return (node.name, *map(drawn, node.arguments))
        case Comparison() | Arithmetic():
            return (drawn(node.left), node.operator.value, drawn(node.right))
        case Membership():
            return (drawn(node.value), "in", *(item.value for item in node.items))
        case Flagged():
            return (drawn(node.value), "has", node.flags.value)
        case Junction():
            return ("and" if node.is_and else "or", *map(drawn, node.parts))
        case Not():
            return ("not", drawn(node.part))
        case Negative():
            return ("-", drawn(node.part))
        case Lambda():
            return (drawn(node.path), "any" if node.is_any else "all", node.variable, drawn(node.condition))
        case None:
            return None


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("Name eq 'x'", ("Name", "eq", "x")),
        ("Name EQ 'x'", ("Name", "eq", "x")),
        ("Name eq 'O''Brien'", ("Name", "eq", "O'Brien")),
        ("a eq 1 and b eq 2 or c eq 3", ("or", ("and", ("a", "eq", 1), ("b", "eq", 2)), ("c", "eq", 3))),
        ("a eq 1 or b eq 2 and c eq 3", ("or", ("a", "eq", 1), ("and", ("b", "eq", 2), ("c", "eq", 3)))),
        ("(a eq 1 or b eq 2) and c eq 3", ("and", ("or", ("a", "eq", 1), ("b", "eq", 2)), ("c", "eq", 3))),
        ("a eq 1 and b eq 2 and c eq 3", ("and", ("a", "eq", 1), ("b", "eq", 2), ("c", "eq", 3))),
        ("not a", ("not", "a")),
        ("not not a", ("not", ("not", "a"))),
        ("not Name eq 'x' and b", ("and", ("not", ("Name", "eq", "x")), "b")),
        ("not(a or b)", ("not", ("or", "a", "b"))),
        ("not eq 1", ("not", "eq", 1)),
        ("1 add 2 mul 3 eq 7", ((1, "add", (2, "mul", 3)), "eq", 7)),
        ("7 sub 2 sub 1 eq 4", (((7, "sub", 2), "sub", 1), "eq", 4)),
        ("-a lt -3", (("-", "a"), "lt", -3)),
        ("a eq -1.5", ("a", "eq", Decimal("-1.5"))),
        ("Robot/Id eq 123L", ("Robot/Id", "eq", 123)),
        ("a eq 1.5m", ("a", "eq", Decimal("1.5"))),
        (f"Key eq {GUID}", ("Key", "eq", GuidText(GUID))),
        (f"Key eq guid'{GUID.upper()}'", ("Key", "eq", GuidText(GUID))),
        ("Key in ('a','b')", ("Key", "in", "a", "b")),
        ("Key in ( -1 , null , true )", ("Key", "in", -1, None, True)),
        ("t ge 2024-01-01T00:00:00.000Z", ("t", "ge", datetime(2024, 1, 1, tzinfo=UTC))),
        ("t ge 2024-01-01T01:00:00+02:00", ("t", "ge", datetime(2023, 12, 31, 23, tzinfo=UTC))),
        ("t ge 2024-01-01T01:00:00 02:00", ("t", "ge", datetime(2023, 12, 31, 23, tzinfo=UTC))),
        ("t ge 2024-01-01T00:00:00.1234567Z", ("t", "ge", datetime(2024, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC))),
        ("t ge datetime'2024-01-01T00:00:00'", ("t", "ge", datetime(2024, 1, 1, tzinfo=UTC))),
        ("date(t) eq 2024-01-01", (("date", "t"), "eq", date(2024, 1, 1))),
        ("t lt now() sub duration'P1DT2H'", ("t", "lt", (("now",), "sub", timedelta(days=1, hours=2)))),
        ("State eq A.B.JobState'Running'", ("State", "eq", PrefixedText("A.B.JobState", "Running"))),
        ("contains(Name, 'x')", ("contains", "Name", "x")),
        ("substringof('x',Name)", ("substringof", "x", "Name")),
        ("contains(tolower(Name),'x') eq true", (("contains", ("tolower", "Name"), "x"), "eq", True)),
        ("Tags/any()", ("Tags", "any", None, None)),
        ("Tags/any(t: t/Name eq 'x')", ("Tags", "any", "t", ("t/Name", "eq", "x"))),
        ("A/B/all(t:t/N eq null or t/M)", ("A/B", "all", "t", ("or", ("t/N", "eq", None), "t/M"))),
        ("Colours has X.Colour'Red' or a", ("or", ("Colours", "has", PrefixedText("X.Colour", "Red")), "a")),
        ("time(t) lt 08:30", (("time", "t"), "lt", time(8, 30))),
        ("time(t) lt 08:30:15.25", (("time", "t"), "lt", time(8, 30, 15, 250_000))),
        ("a in ['x',1]", ("a", "in", "x", 1)),
        ("cast(a,Edm.String) eq 'x'", (("cast", "a", "Edm.String"), "eq", "x")),
        ("Tags/$count gt 1", ("Tags/$count", "gt", 1)),
    ],
)
def test_a_query_has_one_tree(query: str, tree: object) -> None:
    assert drawn(parse_filter(query)) == tree


@pytest.mark.parametrize(
    ("query", "position", "wanted"),
    [
        ("", 1, "expected a property"),
        ("Name eq", 8, "expected a property, a value or a bracket, found the end"),
        ("Name eq 'x' and", 16, "found the end"),
        ("Name 'x'", 6, "expected an operator"),
        ("eq 'x' Name", 4, "expected an operator"),
        ("(Name eq 'x'", 13, "expected a closing bracket, found the end"),
        ("Name eq 'x')", 12, "expected an operator such as eq, and, or the end, found «)»"),
        ("contains(Name,'x'", 18, "expected a comma or a closing bracket"),
        ("Name in 'x'", 9, "expected a bracket with values after in"),
        ("Name in ()", 10, "expected a value"),
        ("Name in (Other)", 10, "expected a value"),
        ("Name in (-'x')", 11, "expected a value"),
        ("Robot/ eq 1", 11, "expected an operator"),
        ("Robot/'x'", 7, "expected a name after the slash"),
        ("Tags/any(: x)", 10, "expected a name for the thing"),
        ("Tags/all()", 10, "expected a name for the thing"),
        ("Tags/any(t t/Name)", 12, "expected a colon"),
        ("Colours has Red", 13, "expected a value"),
        ("a eq 24:00:00", 6, "no time of day"),
        ("Name in ['a')", 13, "a comma or a closing bracket"),
        ("a eq 99999999999999999999", 6, "larger than a number can be"),
        ("a eq 1e999", 6, "larger than a number can be"),
        ("a eq 2024-02-30T00:00:00Z", 6, "no day and time"),
        ("a eq guid'x'", 6, "no guid"),
        ("a eq 1; DROP TABLE jobs", 7, "found «;»"),
    ],
)
def test_a_broken_query_is_refused_where_it_breaks(query: str, position: int, wanted: str) -> None:
    with pytest.raises(InvalidRequest, match=wanted.replace("(", r"\(").replace(")", r"\)")) as refused:
        parse_filter(query)
    assert refused.value.details == {"option": "$filter", "position": position}


@pytest.mark.parametrize(
    "query",
    [
        "(" * 400 + "a eq 1" + ")" * 400,
        "not " * 400 + "a",
        "-" * 400 + "a eq 1",
        "tolower(" * 400 + "a" + ")" * 400 + " eq 'x'",
        "1" + " add 1" * 400 + " eq 401",
        "a" + " eq true" * 400,
        "a/any(x: " * 100 + "x" + ")" * 100,
        "/".join("a" * 400) + " eq 1",
        "(" * 30 + "1" + " add 1" * 30 + ")" * 30 + " add 1" * 30 + " eq 1",
    ],
)
def test_depth_is_refused_before_it_costs_anything(query: str) -> None:
    with pytest.raises(InvalidRequest, match="nested more than 32 levels deep"):
        parse_filter(query)


def test_a_long_chain_is_not_deep() -> None:
    tree = parse_filter(" or ".join(["a eq 1"] * 400))
    assert isinstance(tree, Junction)
    assert len(tree.parts) == 400


def test_in_takes_a_thousand_values_and_no_more() -> None:
    assert isinstance(parse_filter(f"a in ({','.join(['1'] * 1000)})"), Membership)
    with pytest.raises(InvalidRequest, match="1000 values at most"):
        parse_filter(f"a in ({','.join(['1'] * 1001)})")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Name", [("Name", False)]),
        ("Name desc", [("Name", True)]),
        ("Robot/Name DESC, Id asc", [("Robot/Name", True), ("Id", False)]),
        ("tolower(Name) desc", [(("tolower", "Name"), True)]),
        ("desc desc", [("desc", True)]),
    ],
)
def test_sort_keys_are_expressions_with_a_direction(text: str, keys: list[tuple[object, bool]]) -> None:
    assert [(drawn(node), descending) for node, descending in parse_orderby(text)] == keys


@pytest.mark.parametrize("text", ["", "Name,", "Name down", "Name asc desc", ",Name"])
def test_broken_sort_keys_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match=r"\$orderby at position"):
        parse_orderby(text)
