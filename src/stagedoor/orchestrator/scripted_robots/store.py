"""All SQL of scripted robots."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from stagedoor.orchestrator.scripted_robots.models import ScriptRule


def add_rule(session: Session, rule: ScriptRule) -> None:
    """Store a rule; it goes before those that are there."""
    session.add(rule)
    session.flush()


def list_rules(session: Session, tenant_id: str) -> Sequence[ScriptRule]:
    """Return the tenant's rules, the latest first."""
    return session.scalars(
        select(ScriptRule).where(ScriptRule.tenant_id == tenant_id).order_by(ScriptRule.id.desc())
    ).all()


def delete_rules(session: Session, tenant_id: str, rule_ids: Collection[int]) -> None:
    """Delete these rules of the tenant."""
    session.execute(delete(ScriptRule).where(ScriptRule.tenant_id == tenant_id, ScriptRule.id.in_(rule_ids)))
