"""Which script a job follows: the one that its caller names, else the one that a rule chooses, else the usual one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import orjson
from sqlalchemy.orm import Session

from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.scripted_robots import store
from stagedoor.orchestrator.scripted_robots.models import ScriptRule
from stagedoor.orchestrator.scripted_robots.scripts import DEFAULT_SCRIPT, Script, read_script

SCRIPT_HEADER = "scripted-robot"
"""Not one of ``X-Stagedoor-…``: those the door takes out of every request."""


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


def list_rules(session: Session, tenant_id: str) -> Sequence[ScriptRule]:
    """Return the tenant's rules in the order in which they are asked."""
    return store.list_rules(session, tenant_id)


def delete_rules(session: Session, tenant_id: str) -> None:
    """Go back to the usual script for every process of the tenant."""
    store.delete_rules(session, tenant_id)


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


def _fits(rule: ScriptRule, process_name: str, arguments: Mapping[str, Any]) -> bool:
    if not fnmatchcase(process_name.casefold(), rule.process_pattern.replace("[", "[[]").replace("?", "[?]")):
        return False
    if rule.argument_name is None:
        return True
    return rule.argument_name in arguments and arguments[rule.argument_name] == rule.argument_value
