"""Scripts: read within bounds, and chosen by call, by rule, or not at all."""

import math

import pytest
from tests.factories.orchestrator import TENANT, Desk

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.scripted_robots.scripts import (
    DEFAULT_SCRIPT,
    Ending,
    Script,
    SoftStop,
    read_script,
)
from stagedoor.orchestrator.scripted_robots.service import (
    Condition,
    choose_script,
    create_rule,
    delete_rules,
    find_script_of_call,
    list_rules,
)

FAULT = Script(ending=Ending.FAULT)
HANG = Script(ending=Ending.HANG)


class TestReading:
    def test_nothing_said_is_the_usual_script(self) -> None:
        assert read_script(Body({})) == DEFAULT_SCRIPT
        assert (DEFAULT_SCRIPT.pending_seconds, DEFAULT_SCRIPT.running_seconds) == (1, 2)
        assert DEFAULT_SCRIPT.ending is Ending.SUCCEED

    def test_a_script_is_read_back_as_it_was_written(self) -> None:
        script = Script(
            pending_seconds=0,
            running_seconds=0.25,
            ending=Ending.SUSPEND,
            output={"a": 1},
            reason="no",
            stopping_seconds=3,
            soft_stop=SoftStop.IGNORE,
            terminating_seconds=4,
        )
        assert read_script(Body(script.to_json())) == script

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("pendingSeconds", -1),
            ("pendingSeconds", "1"),
            ("runningSeconds", True),
            ("runningSeconds", math.nan),
            ("stoppingSeconds", math.inf),
            ("terminatingSeconds", 10**12),
            ("ending", "explode"),
            ("ending", 1),
            ("softStop", "maybe"),
            ("output", "text"),
            ("reason", []),
        ],
    )
    def test_a_wrong_value_is_refused_by_the_name_of_its_field(self, field: str, value: object) -> None:
        with pytest.raises(InvalidRequest, match=field):
            read_script(Body({field: value}))

    @pytest.mark.parametrize("written", ["", "{", "[]", "5", "null", '{"ending": "explode"}'])
    def test_a_call_s_script_that_cannot_be_read_is_refused(self, written: str) -> None:
        with pytest.raises(InvalidRequest):
            find_script_of_call({"scripted-robot": written})

    def test_a_call_without_one_brings_none(self) -> None:
        assert find_script_of_call({}) is None


class TestChoosing:
    def choose(self, desk: Desk, process: str, **arguments: object) -> Script:
        with desk.database.read() as session:
            return choose_script(session, TENANT.tenant_id, process, arguments)

    def rule(self, desk: Desk, pattern: str, script: Script, condition: Condition | None = None) -> None:
        with desk.write() as session:
            create_rule(session, TENANT.tenant_id, pattern, script, condition=condition)

    def test_without_rules_the_usual_script_is_followed(self, desk: Desk) -> None:
        assert self.choose(desk, "InvoiceBot") == DEFAULT_SCRIPT

    def test_a_rule_is_for_the_processes_of_its_pattern_in_any_letter_case(self, desk: Desk) -> None:
        self.rule(desk, "Invoice*", FAULT)
        assert self.choose(desk, "INVOICEBOT") == FAULT
        assert self.choose(desk, "OtherInvoice") == DEFAULT_SCRIPT

    @pytest.mark.parametrize("pattern", ["Bot[12]", "Bot?", "Bot1?"])
    def test_only_the_star_stands_for_anything(self, desk: Desk, pattern: str) -> None:
        self.rule(desk, pattern, FAULT)
        assert self.choose(desk, "Bot1") == DEFAULT_SCRIPT
        assert self.choose(desk, pattern) == FAULT

    def test_the_rule_made_last_goes_first(self, desk: Desk) -> None:
        self.rule(desk, "*", FAULT)
        self.rule(desk, "InvoiceBot", HANG)
        assert self.choose(desk, "InvoiceBot") == HANG
        assert self.choose(desk, "Other") == FAULT

    def test_a_rule_may_look_at_an_argument(self, desk: Desk) -> None:
        self.rule(desk, "*", FAULT, Condition("amount", 13))
        self.rule(desk, "*", HANG, Condition("nothing", None))
        assert self.choose(desk, "InvoiceBot", amount=13) == FAULT
        assert self.choose(desk, "InvoiceBot", amount=12) == DEFAULT_SCRIPT
        assert self.choose(desk, "InvoiceBot") == DEFAULT_SCRIPT
        assert self.choose(desk, "InvoiceBot", nothing=None) == HANG

    def test_rules_can_be_listed_and_taken_back(self, desk: Desk) -> None:
        self.rule(desk, "*", FAULT)
        with desk.write() as session:
            assert [rule.process_pattern for rule in list_rules(session, TENANT.tenant_id)] == ["*"]
            delete_rules(session, TENANT.tenant_id)
        assert self.choose(desk, "InvoiceBot") == DEFAULT_SCRIPT
