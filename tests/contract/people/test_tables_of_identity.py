"""What the embedded Orchestrator reads of people is kept by identity, and its roles are those of access."""

import pytest
from sqlalchemy import Table

from stagedoor.catalog.roles import ROLES
from stagedoor.identity.organizations.models import Tenant
from stagedoor.identity.users.models import RoleAssignment, User
from stagedoor.kit.db import Base
from stagedoor.orchestrator.people import ROLE_ASSIGNMENTS, TASK_ROLES, TENANTS, USERS
from stagedoor.orchestrator.tasks.permissions import EVERYTHING, ROLES_OF_ADMINISTRATORS, RUNNING


@pytest.mark.parametrize(("read", "kept"), [(USERS, User), (TENANTS, Tenant), (ROLE_ASSIGNMENTS, RoleAssignment)])
def test_each_column_that_is_read_is_kept_by_identity(read: Table, kept: type[Base]) -> None:
    assert read.name == kept.__tablename__
    assert {column.name for column in read.columns} <= {column.name for column in kept.__table__.columns}


def test_the_roles_that_work_on_tasks_are_those_with_both_permissions() -> None:
    needed = {"Tasks.View", "Tasks.Edit"}
    assert {name for name, role in ROLES.items() if needed <= role.permissions} == TASK_ROLES


def test_what_a_role_is_shown_to_hold_is_what_it_holds() -> None:
    for name in TASK_ROLES:
        shown = EVERYTHING if name in ROLES_OF_ADMINISTRATORS else RUNNING
        assert ROLES[name].permissions & EVERYTHING == shown, name
