"""How a setting looks in the vendor's API."""

from stagedoor.orchestrator.entity import EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.settings.models import Setting
from stagedoor.orchestrator.settings.schemas import SETTING_SCOPE

SETTING = EntityType(
    name="SettingsDto",
    model=Setting,
    properties=(
        Property("Name", EdmType.STRING, Setting.name, nullable=False, folded=Setting.name_folded),
        Property("Value", EdmType.STRING, Setting.value),
        Property("Scope", SETTING_SCOPE, Setting.scope, nullable=False),
        Property("Id", EdmType.STRING, Setting.name, nullable=False, writable=False, folded=Setting.name_folded),
    ),
)

SETTINGS = EntitySet(name="Settings", entity_type=SETTING)
