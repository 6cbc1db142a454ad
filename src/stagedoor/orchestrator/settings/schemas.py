"""The words of settings that the vendor numbers."""

from stagedoor.orchestrator.entity import EnumType

SETTING_SCOPE = EnumType("SettingScope", {"Application": 0, "Tenant": 1, "User": 2, "All": 3})
