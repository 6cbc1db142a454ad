"""What the embedded Orchestrator reads of people is what identity keeps."""

import pytest
from sqlalchemy import Table

from stagedoor.identity.organizations.models import Tenant
from stagedoor.identity.users.models import RoleAssignment, TenantRole, TenantRolePermission, User
from stagedoor.kit.db import Base
from stagedoor.orchestrator.people import (
    ROLE_ASSIGNMENTS,
    TENANT_ROLE_PERMISSIONS,
    TENANT_ROLES,
    TENANTS,
    USERS,
)


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        (USERS, User),
        (TENANTS, Tenant),
        (ROLE_ASSIGNMENTS, RoleAssignment),
        (TENANT_ROLES, TenantRole),
        (TENANT_ROLE_PERMISSIONS, TenantRolePermission),
    ],
)
def test_each_column_that_is_read_is_kept_by_identity(read: Table, kept: type[Base]) -> None:
    assert read.name == kept.__tablename__
    assert {column.name for column in read.columns} <= {column.name for column in kept.__table__.columns}
