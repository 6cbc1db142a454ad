import pytest
from tests.factories.callers import caller, terms

from stagedoor.access.errors import MethodNotAllowedHere
from stagedoor.access.methods import ABILITIES, ManagementAbility, can_use, verify_ability
from stagedoor.passage import CallerKind, CredentialKind

EVERYTHING = terms("all")
NARROW = ManagementAbility.ACCESS_KEY_NARROW
CHANGES = [ability for ability in ManagementAbility if not ability.endswith(":read") and ability is not NARROW]


def test_the_list_of_abilities_is_sorted() -> None:
    assert ManagementAbility._member_names_ == sorted(ManagementAbility._member_names_)


@pytest.mark.parametrize("ability", CHANGES)
def test_an_access_key_can_never_change_anything_whatever_it_holds(ability: ManagementAbility) -> None:
    holder = caller(EVERYTHING, may_administer=True)
    assert not can_use(holder, ability)
    with pytest.raises(MethodNotAllowedHere):
        verify_ability(holder, ability)


@pytest.mark.parametrize("ability", CHANGES)
@pytest.mark.parametrize(
    "kind", [CredentialKind.LEGACY_TOKEN, CredentialKind.PERSONAL_ACCESS_TOKEN, CredentialKind.TOKEN_2019]
)
def test_long_lived_and_old_credentials_of_people_change_nothing(
    ability: ManagementAbility, kind: CredentialKind
) -> None:
    assert not can_use(caller(EVERYTHING, kind=CallerKind.USER, credential_kind=kind), ability)


@pytest.mark.parametrize("kind", CredentialKind)
def test_what_is_narrowed_is_ones_own_key_and_nothing_else(kind: CredentialKind) -> None:
    holder = caller(EVERYTHING, kind=CallerKind.USER, credential_kind=kind, may_administer=True)
    assert can_use(holder, NARROW) == (kind in (CredentialKind.ACCESS_KEY, CredentialKind.NARROWED_KEY))


@pytest.mark.parametrize("ability", CHANGES)
def test_a_narrowed_key_changes_as_little_as_its_access_key(ability: ManagementAbility) -> None:
    holder = caller(EVERYTHING, credential_kind=CredentialKind.NARROWED_KEY, may_administer=True)
    assert not can_use(holder, ability)


@pytest.mark.parametrize("ability", [ability for ability in ManagementAbility if ability is not NARROW])
def test_a_person_who_signed_in_and_the_machines_own_administrator_use_every_ability(
    ability: ManagementAbility,
) -> None:
    verify_ability(caller(EVERYTHING, kind=CallerKind.USER, credential_kind=CredentialKind.OAUTH_TOKEN), ability)
    verify_ability(
        caller(EVERYTHING, kind=CallerKind.LOCAL_ADMINISTRATOR, credential_kind=CredentialKind.LOCAL_AUTHORITY), ability
    )


@pytest.mark.parametrize("ability", CHANGES)
def test_a_token_of_an_application_acting_for_itself_changes_nothing(ability: ManagementAbility) -> None:
    application = caller(EVERYTHING, kind=CallerKind.EXTERNAL_APPLICATION, credential_kind=CredentialKind.OAUTH_TOKEN)
    assert not can_use(application, ability)


@pytest.mark.parametrize("ability", CHANGES)
def test_a_token_of_an_application_acting_for_a_person_changes_nothing(ability: ManagementAbility) -> None:
    acting = caller(
        EVERYTHING, kind=CallerKind.USER, credential_kind=CredentialKind.OAUTH_TOKEN, may_make_credentials=False
    )
    assert not can_use(acting, ability)
    assert can_use(acting, ManagementAbility.GRANT_READ)


def test_everybody_may_look_at_what_they_hold() -> None:
    for kind in CredentialKind:
        assert can_use(caller(EVERYTHING, kind=CallerKind.USER, credential_kind=kind), ManagementAbility.GRANT_READ)


def test_a_personal_access_token_reads() -> None:
    person = caller(EVERYTHING, kind=CallerKind.USER, credential_kind=CredentialKind.PERSONAL_ACCESS_TOKEN)
    assert can_use(person, ManagementAbility.AUDIT_READ)


def test_the_table_names_every_kind_of_credential() -> None:
    assert set(ABILITIES) == set(CredentialKind)
