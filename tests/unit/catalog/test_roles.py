import pytest

from stagedoor.access.stand_ins import _SELF_SERVICE, _STAND_INS, find_stand_in, is_open_to_roles
from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.roles import find_role, list_roles

NAMED = {
    permission
    for operation in CATALOG.operations
    for alternative in operation.permissions.alternatives
    for permission in alternative
}


def test_roles_are_found_in_any_letter_case() -> None:
    role = find_role("AUTOMATION user")
    assert role is not None
    assert role.name == "Automation User"
    assert find_role("Nobody") is None


def test_the_administrator_holds_every_permission_that_the_catalogue_names() -> None:
    administrator = find_role("Administrator")
    assert administrator is not None
    assert administrator.permissions >= NAMED


def test_roles_hold_only_permissions_of_things_that_the_catalogue_names() -> None:
    things = {permission.partition(".")[0] for permission in NAMED}
    for role in list_roles():
        assert {permission.partition(".")[0] for permission in role.permissions} <= things, role.name


def test_every_other_role_is_smaller_than_administrator() -> None:
    widest, *others = list_roles()
    assert "Automation User" in {role.name for role in others}
    assert all(role.permissions < widest.permissions and not role.everything for role in others)


@pytest.mark.parametrize("name", sorted({*_STAND_INS, *_SELF_SERVICE}))
def test_stand_ins_are_for_operations_that_name_no_permission(name: str) -> None:
    assert CATALOG.get_operation(name).permissions.alternatives == ()


def test_writes_without_permission_are_closed_to_roles_unless_listed() -> None:
    holding_all = find_role("Administrator")
    assert holding_all is not None
    closed = {
        operation.id
        for operation in CATALOG.operations
        if not operation.permissions.alternatives and not is_open_to_roles(operation, holding_all.permissions)
    }
    assert closed == {
        "Licensing_Acquire",
        "Licensing_Release",
        "Maintenance_End",
        "Maintenance_Start",
        "Tenants_Get",
        "Tenants_GetById",
    }


def test_sharing_asks_for_editing_and_looking_across_folders_for_seeing() -> None:
    assert find_stand_in(CATALOG.get_operation("QueueDefinitions_ShareToFolders")) == "Queues.Edit"
    assert find_stand_in(CATALOG.get_operation("QueueDefinitions_GetQueuesAcrossFolders")) == "Queues.View"
