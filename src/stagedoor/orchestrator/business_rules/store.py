"""All SQL of business rules."""

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from stagedoor.orchestrator.business_rules.models import BusinessRule, BusinessRuleFolder, BusinessRuleVersion
from stagedoor.orchestrator.folder_links import FolderLinks, fold
from stagedoor.orchestrator.stored_files.store import remove_selected
from stagedoor.passage import FolderPlace, Reach

links = FolderLinks(
    BusinessRuleFolder, BusinessRuleFolder.rule_id, BusinessRuleFolder.folder_id, BusinessRuleFolder.name_folded
)


def in_folder(folder: FolderPlace) -> ColumnElement[bool]:
    """Return the condition that the folder sees the rule."""
    return links.seen_in(folder.id, BusinessRule.id)


def within_reach(tenant_id: str, reach: Reach, *, except_folder_id: int | None = None) -> ColumnElement[bool]:
    """Return the condition that a folder within reach, other than the one left out, sees the rule."""
    return links.seen_within(tenant_id, reach, BusinessRule.id, except_folder_id=except_folder_id)


def has_key(key: str) -> ColumnElement[bool]:
    """Return the condition that picks one rule by its key."""
    return BusinessRule.key == key


def is_version_of(rule: BusinessRule) -> ColumnElement[bool]:
    """Return the condition that a version is the rule's."""
    return BusinessRuleVersion.rule_id == rule.id


def find_rule(session: Session, tenant_id: str, key: str, seen: ColumnElement[bool]) -> BusinessRule | None:
    """Return the rule with this key, if it is seen."""
    return session.scalar(
        select(BusinessRule).where(BusinessRule.key == key, BusinessRule.tenant_id == tenant_id, seen)
    )


def find_rule_by_name(session: Session, tenant_id: str, folder_id: int, name: str) -> BusinessRule | None:
    """Return the rule that the folder sees under this name, in any letter case."""
    return session.scalar(
        select(BusinessRule)
        .join(BusinessRuleFolder, BusinessRuleFolder.rule_id == BusinessRule.id)
        .where(
            BusinessRuleFolder.folder_id == folder_id,
            BusinessRuleFolder.name_folded == fold(name),
            BusinessRule.tenant_id == tenant_id,
        )
    )


def add_rule(session: Session, rule: BusinessRule, folder_id: int) -> None:
    """Store a new rule; raises ``NameInUse`` if the folder sees another of that name."""
    session.add(rule)
    session.flush()
    links.link(session, rule.id, folder_id, rule.name)


def delete_rule(session: Session, rule: BusinessRule) -> None:
    """Delete a rule with all its versions."""
    remove_selected(session, select(BusinessRuleVersion.stored_name).where(is_version_of(rule)))
    session.delete(rule)
    session.flush()


def find_version(session: Session, rule: BusinessRule, number: str) -> BusinessRuleVersion | None:
    """Return a rule's version by what its maker called it."""
    return session.scalar(select(BusinessRuleVersion).where(is_version_of(rule), BusinessRuleVersion.number == number))


def find_active_version(session: Session, rule: BusinessRule) -> BusinessRuleVersion | None:
    """Return the version that is active."""
    return session.get(BusinessRuleVersion, rule.current_version_id) if rule.current_version_id else None


def find_version_by_key(session: Session, tenant_id: str, key: str) -> BusinessRuleVersion | None:
    """Return the tenant's version with this key."""
    return session.scalar(
        select(BusinessRuleVersion).where(BusinessRuleVersion.tenant_id == tenant_id, BusinessRuleVersion.key == key)
    )


def count_versions(session: Session, rule: BusinessRule) -> int:
    """Return how many versions a rule has."""
    return session.scalar(select(func.count()).where(is_version_of(rule))) or 0


def add_active_version(session: Session, rule: BusinessRule, version: BusinessRuleVersion) -> None:
    """Store a new version of a rule; it is the active one from here on."""
    session.execute(update(BusinessRuleVersion).where(is_version_of(rule)).values(is_active=False))
    session.add(version)
    session.flush()
    rule.current_version_id = version.id
    session.flush()
