"""Which script a job follows: the one that its caller names, else the one that a rule chooses, else the usual one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import orjson
from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest, NotFound
from stagedoor.orchestrator.scripted_robots import store
from stagedoor.orchestrator.scripted_robots.models import ScriptRule
from stagedoor.orchestrator.scripted_robots.scripts import DEFAULT_SCRIPT, SECONDS_MAX, Script, read_script

SCRIPT_HEADER = "scripted-robot"
"""Not one of ``X-Stagedoor-…``: those the door takes out of every request."""
PATTERN_LENGTH_MAX = 128


@dataclass(frozen=True, slots=True)
class Condition:
    """Which jobs a rule is for, by an argument of their input."""

    argument_name: str
    argument_value: Any


def create_rule(
    session: Session, tenant_id: str, process_pattern: str, script: Script, *, condition: Condition | None = None
) -> ScriptRule:
    """Let jobs of these processes follow a script; in the pattern ``*`` stands for anything, in any letter case."""
    rule = ScriptRule(
        tenant_id=tenant_id,
        process_pattern=process_pattern.strip().casefold(),
        argument_name=None if condition is None else condition.argument_name,
        argument_value=None if condition is None else condition.argument_value,
        script=script.to_json(),
    )
    store.add_rule(session, rule)
    return rule


def set_rule(
    session: Session, tenant_id: str, process_pattern: str, script: Script, *, condition: Condition | None = None
) -> ScriptRule:
    """Make a rule as :func:`create_rule` does, in place of one for the same processes and the same argument.

    Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` for a pattern that is empty or too long.
    """
    folded = process_pattern.strip().casefold()
    if not folded or len(folded) > PATTERN_LENGTH_MAX or "\0" in folded:
        raise InvalidRequest(
            f"A process pattern has 1 to {PATTERN_LENGTH_MAX} characters, such as Invoice*.",
            details={"field": "process"},
        )
    wanted = None if condition is None else (condition.argument_name, condition.argument_value)
    replaced = [
        rule.id
        for rule in list_rules(session, tenant_id)
        if rule.process_pattern == folded and _condition_of(rule) == wanted
    ]
    store.delete_rules(session, tenant_id, replaced)
    return create_rule(session, tenant_id, folded, script, condition=condition)


def list_rules(session: Session, tenant_id: str) -> Sequence[ScriptRule]:
    """Return the tenant's rules in the order in which they are asked, without those by which jobs wait."""
    return [rule for rule in store.list_rules(session, tenant_id) if not _is_wait(rule)]


def list_waiting_rules(session: Session, tenant_id: str) -> Sequence[ScriptRule]:
    """Return the rules by which jobs wait for real robots."""
    return [rule for rule in store.list_rules(session, tenant_id) if _is_wait(rule)]


def delete_rule(session: Session, tenant_id: str, rule_id: int) -> None:
    """Delete one rule; raises :class:`~stagedoor.orchestrator.errors.NotFound` if the tenant has none of this id."""
    if rule_id not in {rule.id for rule in list_rules(session, tenant_id)}:
        raise NotFound(f"There is no script rule {rule_id}.")
    store.delete_rules(session, tenant_id, [rule_id])


def delete_rules(session: Session, tenant_id: str) -> int:
    """Go back to the usual script for every process of the tenant; return how many rules went.

    Jobs that wait for a real robot go on waiting.
    """
    found = [rule.id for rule in list_rules(session, tenant_id)]
    store.delete_rules(session, tenant_id, found)
    return len(found)


def choose_script(session: Session, tenant_id: str, process_name: str, arguments: Mapping[str, Any]) -> Script:
    """Return the script of the first rule that fits, or the usual one."""
    for rule in store.list_rules(session, tenant_id):
        if _fits(rule, process_name, arguments):
            return read_script(Body(rule.script))
    return DEFAULT_SCRIPT


def find_script_of_call(headers: Mapping[str, str]) -> Script | None:
    """Return the script that a call brings along in the header ``Scripted-Robot``, as JSON.

    Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` for one that cannot be read.
    """
    written = headers.get(SCRIPT_HEADER)
    if written is None:
        return None
    try:
        script = orjson.loads(written)
    except orjson.JSONDecodeError:
        script = None
    if not isinstance(script, dict):
        raise InvalidRequest('The Scripted-Robot header must be a JSON object such as {"ending": "fault"}.')
    return read_script(Body(script))


def _is_wait(rule: ScriptRule) -> bool:
    # No script that a person writes is made so.
    return rule.argument_name is None and rule.script.get("pendingSeconds") == SECONDS_MAX


def _condition_of(rule: ScriptRule) -> tuple[str, Any] | None:
    return None if rule.argument_name is None else (rule.argument_name, rule.argument_value)


def _fits(rule: ScriptRule, process_name: str, arguments: Mapping[str, Any]) -> bool:
    if not fnmatchcase(process_name.casefold(), rule.process_pattern.replace("[", "[[]").replace("?", "[?]")):
        return False
    if rule.argument_name is None:
        return True
    return rule.argument_name in arguments and arguments[rule.argument_name] == rule.argument_value
