"""How a tenant looks in the vendor's API."""

from stagedoor.orchestrator.entity import Constant, EdmType, EntitySet, EntityType, Property
from stagedoor.orchestrator.tenants.models import TenantView

TENANT = EntityType(
    "TenantDto",
    TenantView,
    (
        Property("Name", EdmType.STRING, TenantView.name),
        Property("Key", EdmType.STRING, TenantView.tenant_id),
        Property("DisplayName", EdmType.STRING, TenantView.display_name),
        Property("AdminEmailAddress", EdmType.STRING),
        Property("AdminName", EdmType.STRING),
        Property("AdminSurname", EdmType.STRING),
        Property("AdminUserKey", EdmType.STRING),
        Property("LastLoginTime", EdmType.DATE_TIME_OFFSET),
        Property("IsActive", EdmType.BOOLEAN, Constant(value=True), nullable=False),
        Property("OrganizationName", EdmType.STRING),
        Property("Id", EdmType.INT32, TenantView.number, nullable=False, writable=False),
    ),
)
TENANTS_SET = EntitySet("Tenants", TENANT)
