"""Queries into rows, on a real SQLite: which of the six jobs of the workshop each filter finds."""

import pytest
from sqlalchemy.orm import Session
from tests.factories.workshop import FIRST_KEY, JOBS, workshop_call

from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.odata.read import read_set

ALL = [1, 2, 3, 4, 5, 6]


def found(workshop: Session, query: str) -> list[int]:
    content = read_set(workshop_call(workshop, {"$filter": query, "$select": "Id"}), JOBS).content
    return [value["Id"] for value in content["value"]]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        # Texts, without regard to case
        ("Name eq 'INVOICE'", [1]),
        ("name EQ 'invoice'", [1]),
        ("'invoice' eq Name", [1]),
        ("Name eq 'O''Brien'", [3]),
        ("Name eq 'Übung'", [6]),
        ("Name ne 'Invoice'", [2, 3, 4, 5, 6]),
        ("Name gt 'o'", [3, 6]),
        ("Name in ('INVOICE','o''brien')", [1, 3]),
        ("Name in ('invoice',null)", [1, 5]),
        ("Name in (null)", [5]),
        ("tolower(Name) eq 'Invoice'", [1]),
        ("toupper(Name) eq 'invoice'", [1]),
        ("trim(Name) eq 'invoice'", [1]),
        ("concat(Name,'!') eq 'invoice!'", [1]),
        ("concat(tolower(Name),'X') eq 'INVOICEx'", [1]),
        ("substring(Name,1) eq 'NVOICE'", [1]),
        ("substring(Name,1,2) eq 'NV'", [1, 2]),
        ("substring(Name,indexof(Name,'zzz'),2) eq 'in'", [1, 2]),
        ("substring(Name,0,9223372036854775807) eq 'invoice'", [1]),
        ("substring(Name,Priority,9) eq ''", [1, 2, 6]),
        ("substring(Name,9223372036854775807) eq ''", [1, 2, 3, 4, 6]),
        ("length(Name) gt 8", [2, 4]),
        ("indexof(Name,'V') eq 2", [1, 2]),
        ("Name eq RobotName", [5]),
        ("Robot/Name eq SeenRobot/Name", [1, 3, 4, 5, 6]),
        # Parts of texts; % and _ are letters like others
        ("contains(Name,'VOICE')", [1, 2]),
        ("contains(Name,'%')", [4]),
        ("contains(Name,'_')", [4]),
        ("contains(Name,'\\')", []),
        ("contains(Name,'')", [1, 2, 3, 4, 6]),
        ("contains(Name,RobotName)", []),
        ("startswith(Name,'inv')", [1, 2]),
        ("startswith(Name,'')", [1, 2, 3, 4, 6]),
        ("endswith(Name,'TWO')", [2]),
        ("endswith(Name,'')", [1, 2, 3, 4, 6]),
        ("endswith(Name,'a much longer text than any of the names')", []),
        ("substringof('voice',Name)", [1, 2]),
        ("contains(Name,'voice') eq false", [3, 4, 5, 6]),
        ("contains(Name,'voice') ne false", [1, 2]),
        ("true eq contains(Name,'voice')", [1, 2]),
        ("contains(Key,'3FA85F64')", [1]),
        # Texts that differ by case
        ("SecretCode eq 'Code1'", [1]),
        ("SecretCode eq 'code1'", []),
        ("tolower(SecretCode) eq 'code1'", [1]),
        ("SecretCode in ('code1','Code2')", [2]),
        ("toupper(SecretCode) eq 'CODE1'", [1]),
        ("SecretCode eq Name", []),
        ("contains(SecretCode,'code')", []),
        (f"Name eq {FIRST_KEY}", []),
        ("Name eq Any.Type'invoice'", [1]),
        # Words of a list
        ("State eq 'Running'", [1, 5]),
        ("State eq 'rUNNING'", [1, 5]),
        ("State eq 1", [1, 5]),
        ("State eq '1'", [1, 5]),
        ("State eq UiPath.Server.Configuration.OData.JobState'Running'", [1, 5]),
        ("State ne 'Running'", [2, 3, 4, 6]),
        ("State eq State", ALL),
        ("State eq Robot/Twin/LastState", []),
        ("State gt 'Running'", [2, 3, 6]),
        ("State in ('Pending',4)", [2, 4]),
        ("Robot/Type eq 'unattended'", [1, 6]),
        ("Robot/Type eq '0'", [1, 6]),
        # Numbers
        ("Priority eq 10", [1, 5]),
        ("Priority eq 10L", [1, 5]),
        ("Priority eq 10.0", [1, 5]),
        ("Priority gt 9.5", [1, 2, 5]),
        ("Priority lt 0", [4]),
        ("Priority eq -3", [4]),
        ("-Priority eq 3", [4]),
        ("Priority in (7,20)", [2, 6]),
        ("Priority eq 9223372036854775807", []),
        ("Cost eq 1.5", [1]),
        ("Cost ge 1.5M", [1, 2]),
        ("Priority add 1 eq 11", [1, 5]),
        ("Priority sub 1 eq 9", [1, 5]),
        ("Priority mul 2 eq 20", [1, 5]),
        ("Priority mul 9223372036854775807 mul 9223372036854775807 gt 0", [1, 2, 5, 6]),
        ("Priority div 3 eq 3", [1, 5]),
        ("Priority div 2 eq -1", [4]),
        ("Priority divby 4 eq 2.5", [1, 5]),
        ("Priority mod 7 eq 3", [1, 5]),
        ("Priority div 0 eq 1", []),
        ("Cost div 2 gt 1", [2]),
        ("Priority eq 5 add 5", [1, 5]),
        ("Priority eq 12 sub 2", [1, 5]),
        ("Priority eq 5 mul 2", [1, 5]),
        ("Priority eq 21 div 2", [1, 5]),
        ("Priority eq -21 div -2", [1, 5]),
        ("Priority eq 20 divby 2", [1, 5]),
        ("Priority eq 27 mod 20", [6]),
        ("Priority eq -7 div 2", [4]),
        ("Cost eq 3.0 div 2", [1]),
        ("Cost eq 0.75 add 0.75", [1]),
        ("Priority lt 99999999999999999999.0", [1, 2, 4, 5, 6]),
        ("Cost divby 2 eq 10", [2]),
        # True and false
        ("IsLate", [4]),
        ("not IsLate", [1, 2, 3, 5, 6]),
        ("IsLate eq true", [4]),
        ("IsLate ne true", [1, 2, 3, 5, 6]),
        ("1 eq 1", ALL),
        ("1 eq 2 or Id eq 3", [3]),
        ("'a' eq 'A'", ALL),
        ("null eq null", ALL),
        ("null ne 1", ALL),
        ("true eq true", ALL),
        ("null gt 1", []),
        ("1.5 gt 1", ALL),
        ("2026-01-01T00:00:00Z lt 2026-01-02T00:00:00Z", ALL),
        ("2026-01-01 ge 2026-01-02", []),
        ("duration'PT1H' eq duration'PT60M'", ALL),
        (f"{FIRST_KEY} eq '{FIRST_KEY}'", ALL),
        ("true", ALL),
        ("not false and Id eq 1", [1]),
        # Missing values: two-valued truth
        ("EndTime eq null", [1, 2, 3, 4, 6]),
        ("null ne EndTime", [5]),
        ("Priority gt null", []),
        ("null lt Priority", []),
        ("Id ne Priority", [1, 2, 3, 4, 5, 6]),
        ("Id ne Id", []),
        ("not (Priority gt 8)", [3, 4, 6]),
        ("not (Priority eq 10)", [2, 3, 4, 6]),
        ("not (Priority ne 10)", [1, 5]),
        ("not not (Priority eq 10)", [1, 5]),
        ("not (Name eq 'Invoice' or Priority gt 8)", [3, 4, 6]),
        ("not contains(Name,'voice')", [3, 4, 5, 6]),
        # What is the same on every row
        ("Nothing eq null", ALL),
        ("Nothing eq 'x'", []),
        ("Nothing ne 'x'", ALL),
        ("not (Nothing eq 'x')", ALL),
        ("contains(Nothing,'x')", []),
        ("Edition eq 'STUDIO'", ALL),
        ("contains(Edition,'dio')", ALL),
        ("Origin eq 'Faulted'", ALL),
        ("Origin in ('Pending','Running')", []),
        ("Expiry gt 2026-01-01T00:00:00Z", []),
        ("Expiry eq null", ALL),
        ("Robot/Kind eq 4", [1, 2, 6]),
        # GUIDs
        (f"Key eq {FIRST_KEY}", [1]),
        (f"Key eq '{FIRST_KEY.upper()}'", [1]),
        (f"Key eq guid'{FIRST_KEY}'", [1]),
        (f"Key in ({FIRST_KEY},'00000000-0000-0000-0000-000000000002')", [1, 2]),
        # Times
        ("CreationTime ge 2026-11-04T08:30:15Z", [4, 5, 6]),
        ("CreationTime gt 2026-11-04T08:30:15Z", [5, 6]),
        ("CreationTime ge '2026-11-04T08:30:15Z'", [4, 5, 6]),
        ("CreationTime ge datetime'2026-11-04T08:30:15'", [4, 5, 6]),
        ("CreationTime eq 2026-11-04T10:30:15+02:00", [4]),
        ("CreationTime ge 2026-11-04", [4, 5, 6]),
        ("CreationTime lt now() sub duration'P20D'", [1, 2, 3, 4, 5]),
        ("EndTime gt CreationTime", [5]),
        ("date(CreationTime) eq 2026-11-03", [3]),
        ("date(CreationTime) ne 2026-11-03", [1, 2, 4, 5, 6]),
        ("date(CreationTime) gt 2026-11-03", [4, 5, 6]),
        ("date(CreationTime) ge 2026-11-03", [3, 4, 5, 6]),
        ("date(CreationTime) lt 2026-11-03", [1, 2]),
        ("date(CreationTime) le 2026-11-03", [1, 2, 3]),
        ("2026-11-03 lt date(CreationTime)", [4, 5, 6]),
        ("date(EndTime) eq 2026-11-24", [5]),
        ("date(CreationTime) le 9999-12-31", ALL),
        ("date(CreationTime) eq date(now())", []),
        ("year(CreationTime) eq 2026 and month(CreationTime) eq 11 and day(CreationTime) in (1,2)", [1, 2]),
        ("hour(CreationTime) eq 8 and minute(CreationTime) eq 30 and second(CreationTime) eq 15", ALL),
        ("second(EndTime) eq 59", [5]),
        ("CreationTime lt 2026-11-01 add duration'P2D'", [1, 2]),
        ("CreationTime lt 2026-11-05T00:00:00Z sub duration'P2DT0H'", [1, 2]),
        # Durations
        ("Span eq duration'PT90M'", [2]),
        ("Span eq 'PT1H30M'", [2]),
        ("Span gt duration'PT0.5S'", [2]),
        # Through navigations
        ("Robot/Id eq 123L", [1, 6]),
        ("Robot/Id in (123,124)", [1, 2, 6]),
        ("Robot/Name eq 'BOB'", [2]),
        ("Robot/Name eq 'ÄRMEL'", [1, 6]),
        ("Robot/Name ne 'bob'", [1, 3, 4, 5, 6]),
        ("not (Robot/Name eq 'bob')", [1, 3, 4, 5, 6]),
        ("Robot/Name eq null", [3, 4, 5]),
        ("Robot eq null", [4, 5]),
        ("Robot ne null", [1, 2, 3, 6]),
        ("startswith(Robot/Name,'b')", [2]),
        ("Robot/Name in ('bob','ärmel')", [1, 2, 6]),
        ("Robot/Machine/Name eq 'forge'", [1, 6]),
        ("Robot/Machine/Id eq 1", [1, 6]),
        ("SeenRobot/Name eq 'bob'", []),
        ("SeenRobot/Id eq 124", []),
        ("RobotName eq 'bob'", [2]),
        ("RobotLabel eq 'BOB'", [2]),
        ("ForgeLabel eq 'forge'", [1, 6]),
        ("ForgeLabel eq null", [2, 3, 4, 5]),
        # Collections
        ("Tags/any()", [1, 2]),
        ("not Tags/any()", [3, 4, 5, 6]),
        ("Tags/any(t: t/Name eq 'RED')", [1]),
        ("Tags/all(t: t/Name eq 'blue')", [2, 3, 4, 5, 6]),
        ("Tags/all(t: t/Id gt 0)", ALL),
        ("Tags/$count gt 1", [1]),
        ("Tags/any(t: 'a' eq 'b')", []),
        ("Tags/all(t: 1 eq 2)", [3, 4, 5, 6]),
        ("Tags/any(t: true)", [1, 2]),
        ("Tags/any(t: t/Name eq 'red' and $it/State eq 'Running')", [1]),
        ("Robot/Jobs/any(j: j/State eq 'Successful')", [1, 6]),
        ("Robot/Jobs/any(j: j/Tags/any(t: t/Name eq 'red' and j/Id eq 1))", [1, 6]),
        ("Robot/Jobs/any(j: j/Robot/Name eq 'ärmel' and j/Id ne Id)", [1, 6]),
        ("Robot/Jobs/$count gt 1", [1, 6]),
        ("Tags/any(t: contains(t/Name,'e')) and Tags/any(t: t/Name eq 'blue')", [1, 2]),
    ],
)
def test_a_filter_finds_its_rows(workshop: Session, query: str, ids: list[int]) -> None:
    assert found(workshop, query) == ids


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        ("Nme eq 'x'", "JobDto has no property «Nme»", "Did you mean Name"),
        ("Robt/Id eq 1", "JobDto has no navigation «Robt»", "Did you mean Robot"),
        ("Robot/Nam eq 'x'", "RobotDto has no property «Nam»", "Did you mean Name?"),
        ("lenght(Name) eq 1", "has no function «lenght»", "Did you mean length?"),
        ("qqqq eq 1", "JobDto has no property «qqqq»", "JobDto has "),
        ("Tags/any(t: t/Nme eq 'x')", "TagDto has no property «Nme»", "Did you mean Name?"),
        ("Tag/any()", "JobDto has no collection «Tag»", "Did you mean Tags?"),
        ("Labels/any(x: x eq 'a')", "Labels is kept as a whole", None),
        ("Tags/Name eq 'red'", "Tags has many members", "Tags/any"),
        ("Tags eq null", "Tags is no value", "any"),
        ("Robot eq 1", "Robot is no value", "Robot/"),
        ("Name/First eq 'x'", "cannot look into «Name»", None),
        ("Details/Text eq 'x'", "cannot look into «Details»", None),
        ("Arguments eq 'x'", "Arguments is shown only", None),
        ("Details eq null", "Details is shown only", None),
        ("Labels eq 'a'", "Labels is shown only", None),
        ("State eq 'Runing'", "State has no value «Runing»", "It is one of Pending, Running, Faulted, Successful."),
        ("State eq 9", "State has no value «9»", None),
        ("State eq null or State eq true", "State has no value", None),
        ("Robot/Type gt 'Unattended'", "has no order", "Use eq, ne or in."),
        ("IsLate gt true", "has no order", None),
        ("State eq Robot/Type", "words of two lists", None),
        ("contains(State,'x')", "contains needs a text here", None),
        ("contains(Priority,'1')", "contains needs a text here", None),
        ("contains(Name,null)", "contains needs a text here", None),
        ("contains(Name)", "contains takes 2 arguments, not 1", None),
        ("substring(Name,-1) eq 'x'", "substring counts from 0", None),
        ("Name eq 5", "Name is a text; this value is of another type", "single quotes"),
        ("Name eq true", "Name is a text", None),
        ("Priority eq '5'", "Priority is a whole number", "without quotes"),
        ("Key eq 'x'", "Key is a GUID", "36 characters"),
        ("IsLate eq 'true'", "IsLate is true or false", "without quotes"),
        ("CreationTime eq 'yesterday'", "CreationTime is a time", "2024-01-31T08:00:00Z"),
        ("CreationTime eq 5", "CreationTime is a time", None),
        ("Span eq 'soon'", "Span is a duration", "duration'PT1H'"),
        ("CreationTime eq '2026-02-30'", "CreationTime is a time", None),
        ("now() mul duration'PT1H' eq 1", "mul cannot reckon", None),
        ("now() add 1 lt CreationTime", "add cannot reckon a time with a whole number", None),
        ("EndTime eq date(CreationTime)", "compared with a day", None),
        ("Key eq 5", "Key is a GUID", None),
        ("MachineName eq 1", "has no property «MachineName»", None),
        ("(1 add 1) eq 'x'", "the other side is a whole number", None),
        ("1e300 mul 1e300 eq 1", "mul cannot reckon", None),
        ("Tags/any(t: t/Nothing/x eq 1)", "has no navigation «Nothing»", "TagDto has none"),
        ("a/b/c/d/e/f eq 1", "no navigation «a»", None),
        ("Robot/Twin/Twin/Twin/Twin/Name eq 'x'", "4 navigations at most", None),
        ("Cost eq 1.00000000000000000000000000000000000000000000", "too many digits", None),
        ("Robot/Jobs/Id eq 1", "Jobs has many members", None),
        ("Name eq Priority", "a text cannot be compared with a whole number", None),
        ("'Name' eq 5", "a text cannot be compared with a whole number", "without quotes"),
        ("length(Name) eq 'x'", r"length\(…\) is a whole number", None),
        ("date(CreationTime) eq 5", "is a time", None),
        ("date(CreationTime) eq EndTime", "compared with a day", None),
        ("date(CreationTime) in (2026-11-01)", "cannot stand here", None),
        ("Name", "a condition is expected here", None),
        ("'x'", "a condition is expected here", None),
        ("null", "a condition is expected here", None),
        ("now()", "a condition is expected here", None),
        ("Name and IsLate", "a condition is expected here", None),
        ("(Name eq 'x') eq (IsLate eq true)", "compared with true or false", None),
        ("(Name eq 'x') gt true", "compared with true or false", None),
        ("length(Name eq 'x') eq 1", "not a condition", None),
        ("Name add 1 eq 2", "add cannot reckon a text with a whole number", None),
        ("CreationTime add duration'P1D' gt now()", "add cannot reckon", "constant"),
        ("1 div 0 eq 1", "div cannot reckon", None),
        ("9223372036854775807 add 1 eq 1", "add cannot reckon", None),
        ("now() add duration'P9999999D' gt now()", "add cannot reckon", None),
        ("Cost mod 2 eq 1", "mod cannot reckon", None),
        ("-Name eq 1", "a number is expected here", None),
        ("'a' in ('a')", "in needs a property", None),
        ("Priority in ('a')", "Priority is a whole number", None),
        ("1 eq UiPath.X'a'", "«UiPath.X» is not expected", None),
        ("$count eq 1", r"\$count follows the name of a collection", None),
        ("Robot/$count eq 1", r"\$count follows the name of a collection", None),
        ("geo.distance(Name,Name) eq 1", "has no function «geo.distance»", None),
        ("Robot/Jobs/any(a: a/Robot/Jobs/any(b: b/Robot/Jobs/any(c: c/Robot/Jobs/any())))", "3 deep at most", None),
        (" or ".join(["Id eq 1"] * 101), "more than 100 expressions", "in "),
    ],
)
def test_a_filter_without_meaning_is_refused(workshop: Session, query: str, message: str, hint: str | None) -> None:
    with pytest.raises(InvalidRequest, match=message) as refused:
        found(workshop, query)
    assert refused.value.details["option"] == "$filter"
    if hint is not None:
        assert hint in (refused.value.hint or "")


def test_a_hundred_expressions_are_understood(workshop: Session) -> None:
    assert found(workshop, " or ".join(["tolower(Name) eq 'invoice'"] * 100)) == [1]


def test_hundreds_of_values_in_one_in_are_understood(workshop: Session) -> None:
    keys = ",".join(f"'00000000-0000-0000-0000-{number:012d}'" for number in range(700))
    assert found(workshop, f"Key in ({keys})") == [2, 3, 4, 5, 6]


def test_the_deepest_filter_still_runs(workshop: Session) -> None:
    assert found(workshop, "not (IsLate or " * 10 + "Id eq 1" + ")" * 10) == [1]
    assert found(workshop, "Priority" + " add Priority" * 29 + " eq 300") == [1, 5]


@pytest.mark.parametrize(
    "value", ["x' OR '1'='1", "x'); DROP TABLE jobs; --", "%", "\\", "' UNION SELECT key FROM jobs --", ":name", "?"]
)
def test_values_never_become_sql(workshop: Session, value: str) -> None:
    quoted = value.replace("'", "''")
    assert found(workshop, f"Name eq '{quoted}'") == []
    assert found(workshop, f"RobotName in ('{quoted}')") == []
    assert found(workshop, f"Tags/any(t: startswith(t/Name,'{quoted}'))") == []
