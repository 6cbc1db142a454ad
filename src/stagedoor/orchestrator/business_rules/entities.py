"""How a business rule and its versions look in the vendor's API."""

from typing import Any

from sqlalchemy import ScalarSelect, select

from stagedoor.orchestrator.business_rules.models import BusinessRule, BusinessRuleVersion
from stagedoor.orchestrator.business_rules.store import links
from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Expression, Navigation, Property
from stagedoor.orchestrator.tags import tags_property


def _key_of_rule(version: Any) -> ScalarSelect[str]:
    rule = select(BusinessRule.key).where(BusinessRule.id == version.rule_id)
    return rule.correlate_except(BusinessRule).scalar_subquery()


BUSINESS_RULE_VERSION = EntityType(
    "BusinessRuleVersionDto",
    BusinessRuleVersion,
    (
        Property("BusinessRuleKey", EdmType.GUID, Expression(_key_of_rule), nullable=False),
        Property("VersionNumber", EdmType.STRING, BusinessRuleVersion.number, nullable=False),
        Property("CreatorUserId", EdmType.INT64, BusinessRuleVersion.creator_user_number),
        Property("IsActive", EdmType.BOOLEAN, BusinessRuleVersion.is_active, nullable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, BusinessRuleVersion.created_at, nullable=False),
        Property("Id", EdmType.GUID, BusinessRuleVersion.key, nullable=False),
    ),
)

BUSINESS_RULE_VERSIONS = EntitySet("BusinessRuleVersions", BUSINESS_RULE_VERSION)

BUSINESS_RULE = EntityType(
    "BusinessRuleDto",
    BusinessRule,
    (
        Property("Name", EdmType.STRING, BusinessRule.name, nullable=False),
        Property("Description", EdmType.STRING, BusinessRule.description),
        Property(
            "FoldersCount",
            EdmType.INT32,
            Expression(lambda rule: links.count_of(rule.id)),
            nullable=False,
            writable=False,
        ),
        tags_property(BusinessRule.tags),
        Property("LastModificationTime", EdmType.DATE_TIME_OFFSET, BusinessRule.modified_at, writable=False),
        Property("LastModifierUserId", EdmType.INT64, BusinessRule.modifier_user_number, writable=False),
        Property("CreationTime", EdmType.DATE_TIME_OFFSET, BusinessRule.created_at, nullable=False, writable=False),
        Property("CreatorUserId", EdmType.INT64, BusinessRule.creator_user_number, writable=False),
        Property("Id", EdmType.GUID, BusinessRule.key, nullable=False, writable=False),
    ),
    navigations=(
        Navigation(
            "CurrentVersion",
            lambda: BUSINESS_RULE_VERSION,
            local=BusinessRule.current_version_id,
            remote=BusinessRuleVersion.id,
        ),
    ),
)

BUSINESS_RULES = EntitySet("BusinessRules", BUSINESS_RULE)
