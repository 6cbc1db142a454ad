"""See, make and take away the rules that scripted robots follow."""

from sqlalchemy.orm import Session

from stagedoor.admin.places import Places
from stagedoor.admin.robot_scripts.errors import RealRobotsThere
from stagedoor.admin.robot_scripts.schemas import RobotScriptItem, RobotScriptOrder
from stagedoor.admin.trail import AdministrationTrail
from stagedoor.admin.visitor import Visitor
from stagedoor.audit.event_names import EventName
from stagedoor.orchestrator.call import Body
from stagedoor.orchestrator.scripted_robots import service
from stagedoor.orchestrator.scripted_robots.models import ScriptRule
from stagedoor.orchestrator.scripted_robots.scripts import read_script
from stagedoor.orchestrator.scripted_robots.service import Condition
from stagedoor.passage import TenantPlace


class RobotScripts:
    """The rules of the visitor's tenants, as far as these have an embedded Orchestrator."""

    def __init__(self, places: Places, trail: AdministrationTrail) -> None:
        self._places = places
        self._trail = trail

    def list_scripts(self, session: Session, visitor: Visitor, tenant_word: str) -> list[RobotScriptItem]:
        """Return a tenant's rules, the one that is asked first at the top."""
        tenant = self._get_tenant(visitor, tenant_word)
        return [_item(rule) for rule in service.list_rules(session, tenant.tenant_id)]

    def set_script(self, session: Session, visitor: Visitor, order: RobotScriptOrder) -> RobotScriptItem:
        """Make a rule, in place of one for the same jobs; it is asked before all others.

        Raises :class:`~stagedoor.orchestrator.errors.InvalidRequest` naming the member of the script that is wrong.
        """
        tenant = self._get_tenant(visitor, order.tenant)
        condition = None
        if order.when is not None:
            [(name, value)] = order.when.items()
            condition = Condition(name, value)
        script = read_script(Body(order.script))
        rule = service.set_rule(session, tenant.tenant_id, order.process, script, condition=condition)
        self._trail.note(
            session,
            visitor,
            EventName.ADMIN_ROBOT_SCRIPT_SET,
            f"Jobs of the processes {rule.process_pattern!r} follow the robot script {rule.id}.",
            tenant=tenant.tenant_name,
        )
        return _item(rule)

    def delete_script(self, session: Session, visitor: Visitor, tenant_word: str, script_id: int) -> None:
        """Take one rule away."""
        tenant = self._get_tenant(visitor, tenant_word)
        service.delete_rule(session, tenant.tenant_id, script_id)
        self._trail.note(
            session,
            visitor,
            EventName.ADMIN_ROBOT_SCRIPT_CLEARED,
            f"The robot script {script_id} was taken away.",
            tenant=tenant.tenant_name,
        )

    def delete_scripts(self, session: Session, visitor: Visitor, tenant_word: str) -> None:
        """Take every rule of a tenant away: all of its jobs follow the usual script again."""
        tenant = self._get_tenant(visitor, tenant_word)
        count = service.delete_rules(session, tenant.tenant_id)
        self._trail.note(
            session,
            visitor,
            EventName.ADMIN_ROBOT_SCRIPT_CLEARED,
            f"All {count} robot scripts were taken away.",
            tenant=tenant.tenant_name,
        )

    def _get_tenant(self, visitor: Visitor, word: str) -> TenantPlace:
        tenant = self._places.get_tenant(visitor.caller, word)
        if tenant.remote_base_url is not None:
            raise RealRobotsThere
        return tenant


def _item(rule: ScriptRule) -> RobotScriptItem:
    when = None if rule.argument_name is None else {rule.argument_name: rule.argument_value}
    return RobotScriptItem(id=str(rule.id), process=rule.process_pattern, when=when, script=rule.script)
