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
        ("EndTime sub CreationTime gt duration'P1D'", [5]),
        ("EndTime sub CreationTime lt duration'P19DT16H'", [5]),
        ("(EndTime sub CreationTime) in (duration'PT1697384.5S',null)", ALL),
        ("totalseconds(EndTime sub CreationTime) eq 1697384.5", [5]),
        ("totalseconds(Span) eq 5400", [2]),
        ("totalseconds(duration'PT1M') eq 60", ALL),
        ("Span eq (EndTime sub EndTime)", [1, 3, 4, 6]),
        ("EndTime sub CreationTime eq null", [1, 2, 3, 4, 6]),
        ("now() sub CreationTime gt duration'P20D'", [1, 2, 3, 4, 5]),
        ("now() sub 2026-11-24T12:00:00Z eq duration'P1D'", ALL),
        ("CreationTime add duration'P1D' gt 2026-11-06T00:00:00Z", [5, 6]),
        ("CreationTime add duration'P20D' lt now()", [1, 2, 3, 4, 5]),
        ("now() gt CreationTime add duration'P20D'", [1, 2, 3, 4, 5]),
        ("EndTime gt CreationTime add duration'P19D'", [5]),
        ("CreationTime sub duration'PT1H' lt 2026-11-01T08:00:00Z", [1]),
        # Parts of times and days
        ("fractionalseconds(EndTime) eq 0.5", [5]),
        ("fractionalseconds(CreationTime) eq 0", ALL),
        ("totaloffsetminutes(CreationTime) eq 0", ALL),
        ("totaloffsetminutes(EndTime) eq 0", [5]),
        ("time(CreationTime) eq 08:30:15", ALL),
        ("time(CreationTime) lt '08:30:15.1'", ALL),
        ("08:30 lt time(CreationTime)", ALL),
        ("time(EndTime) gt 23:00", [5]),
        ("time(EndTime) in (23:59:59.5)", [5]),
        ("time(EndTime) gt time(CreationTime)", [5]),
        ("08:00 lt 09:00:00", ALL),
        ("date(CreationTime) in (2026-11-01,'2026-11-06')", [1, 6]),
        ("date(CreationTime) eq date(CreationTime)", ALL),
        ("date(EndTime) gt date(CreationTime)", [5]),
        ("date(EndTime) ne date(CreationTime)", ALL),
        ("mindatetime() lt CreationTime and CreationTime lt maxdatetime()", ALL),
        # Whole numbers from fractions
        ("round(Cost) eq 2", [1]),
        ("floor(Cost) eq 1", [1]),
        ("ceiling(Cost) eq 2", [1]),
        ("round(2.5) eq 3 and round(-2.5) eq -3", ALL),
        ("floor(-1.5) eq -2 and ceiling(-1.5) eq -1", ALL),
        ("round(Priority) eq 10", [1, 5]),
        # Flags
        ("State has 'Running'", [1, 3, 5, 6]),
        ("State has UiPath.Server.Configuration.OData.JobState'Faulted'", [2, 3, 6]),
        ("State has 'Running,Faulted'", [3, 6]),
        ("State has 0", ALL),
        ("State has 2", []),
        ("not (State has 1)", [2, 4]),
        ("Robot/Type has 'NonProduction'", [2]),
        ("Robot/Type has 'Unattended'", [1, 2, 6]),
        # Types
        ("cast(Priority,Edm.String) eq '10'", [1, 5]),
        ("contains(cast(Id,Edm.String),'1')", [1]),
        ("cast(State,'Edm.String') eq 'running'", [1, 5]),
        ("cast(Robot/Type,Edm.String) eq 'UNATTENDED'", [1, 6]),
        ("cast(Key,Edm.String) eq '3FA85F64-5717-4562-B3FC-2C963F66AFA6'", [1]),
        ("cast(IsLate,Edm.String) eq 'true'", [4]),
        ("cast(Cost,Edm.Int32) eq 1", [1]),
        ("cast(Priority,Edm.Double) divby 4 eq 2.5", [1, 5]),
        ("cast(CreationTime,Edm.Date) eq 2026-11-03", [3]),
        ("cast(CreationTime,Edm.TimeOfDay) eq 08:30:15", ALL),
        ("CreationTime lt cast('2026-11-02',Edm.DateTimeOffset)", [1]),
        ("cast(IsLate,Edm.Boolean)", [4]),
        ("isof(Name,Edm.String)", [1, 2, 3, 4, 6]),
        ("isof(Name,Edm.Int32)", []),
        ("isof(State,UiPath.Server.Configuration.OData.JobState)", ALL),
        ("isof(Robot,UiPath.Server.Configuration.OData.RobotDto)", [1, 2, 3, 6]),
        ("isof(UiPath.Server.Configuration.OData.JobDto)", ALL),
        ("isof('RobotDto')", []),
        ("not isof(EndTime,Edm.DateTimeOffset)", [1, 2, 3, 4, 6]),
        # What is kept as JSON
        ("Settings/Mode eq 'FAST'", [1]),
        ("startswith(settings/mode,'s')", [2]),
        ("Settings/Mode eq null", [3, 4, 5, 6]),
        ("Settings/Retries gt 2", [1]),
        ("Settings/IsQuiet", [1]),
        ("Settings/IsQuiet eq false", []),
        ("Settings/Inner/Depth eq 1.5", [1]),
        ("Marks/any()", [1]),
        ("Marks/any(m: m/Name eq 'red' and m/Weight eq 2)", [1]),
        ("Marks/any(m: m/IsSeen)", [1]),
        ("Marks/any(m: m/State eq 'running')", [1]),
        ("Marks/all(m: m/Weight gt 1)", [2, 3, 4, 5, 6]),
        ("Marks/$count eq 2", [1]),
        ("Numbers/any(n: n gt 2)", [2]),
        ("Numbers/any(n: n eq Priority sub 8)", [1]),
        ("Labels/any(x: x eq 'A')", ALL),
        ("Labels/any(x: contains(x,'b'))", []),
        ("Robot/Jobs/any(j: j/Marks/any(m: m/Name eq 'blue'))", [1, 6]),
        ("Name in ['invoice','x']", [1]),
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
    ("query", "aliases", "ids"),
    [
        ("Name eq @p", {"@p": "'invoice'"}, [1]),
        ("Priority gt @P and Id lt @other", {"@p": "9", "@other": "3"}, [1, 2]),
        ("Priority eq @p", {"@p": " -3 "}, [4]),
        ("EndTime eq @p", {"@p": "null"}, [1, 2, 3, 4, 6]),
        ("Name in @p", {"@p": "('invoice','o''brien')"}, [1, 3]),
        ("Name in @p", {"@p": "['invoice',null]"}, [1, 5]),
        ("Name in ('invoice',@p)", {"@p": "null"}, [1, 5]),
        ("contains(Name,@p)", {"@p": "'voice'"}, [1, 2]),
        ("Tags/any(t: t/Name eq @p)", {"@p": "'red'"}, [1]),
    ],
)
def test_an_alias_stands_for_a_value(workshop: Session, query: str, aliases: dict[str, str], ids: list[int]) -> None:
    content = read_set(workshop_call(workshop, {"$filter": query, "$select": "Id", **aliases}), JOBS).content
    assert [value["Id"] for value in content["value"]] == ids


@pytest.mark.parametrize(
    ("query", "aliases", "message"),
    [
        ("Name eq @p", {"@q": "'x'"}, "«@p» stands for nothing"),
        ("Name eq @p", {"@p": " "}, "«@p» stands for nothing"),
        ("Name eq @p", {"@p": "Name"}, "@p at position 1: expected a value"),
        ("Name eq @p", {"@p": "'x' or true"}, "@p at position 5"),
        ("Name eq @p", {"@p": "@p"}, "«@p» stands for nothing"),
        ("Name eq @p", {"@p": "'" + "x" * 40_000 + "'"}, "@p: it has 40002 characters"),
        ("Name in @p", {"@p": "'x'"}, "@p at position 1: expected a bracket"),
    ],
)
def test_an_alias_stands_for_a_value_and_nothing_else(
    workshop: Session, query: str, aliases: dict[str, str], message: str
) -> None:
    with pytest.raises(InvalidRequest, match=message):
        read_set(workshop_call(workshop, {"$filter": query, **aliases}), JOBS)


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
