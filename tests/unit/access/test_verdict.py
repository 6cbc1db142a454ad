from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories.callers import ADDRESS, BELOW_SHARED, DEV, FINANCE, NOW, SHARED, caller, tenant_place, terms

from stagedoor.access.reasons import REASONS, Reason
from stagedoor.access.verdict import NARROWED_DECISIONS_CACHED_MAX, Judge
from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.operations import FolderNeed, Operation
from stagedoor.passage import Allowance, Allowed, Caller, Denied, FolderPlace, GrantTerms, Reach, TenantPlace, Verdict

JUDGE = Judge(CATALOG)
EACH = pytest.mark.parametrize("operation", CATALOG.operations, ids=lambda operation: operation.id)
START = CATALOG.get_operation("Jobs_StartJobs")
ACROSS = CATALOG.get_operation("Assets_GetAssetsAcrossFolders")
FOLDERS = CATALOG.get_operation("Folders_Get")
TENANT_LEVEL = CATALOG.get_operation("Webhooks_Get")
SHARING = CATALOG.get_operation("Assets_ShareToFolders")
REMOTE = tenant_place(remote_base_url="https://upstream.example")


def judge(
    who: Caller | GrantTerms,
    operation: Operation | None = START,
    folder: FolderPlace | None = SHARED,
    *,
    tenant: TenantPlace = DEV,
    client_address: str = ADDRESS,
    after: timedelta = timedelta(0),
) -> Verdict:
    who = caller(who) if isinstance(who, GrantTerms) else who
    return JUDGE.judge(who, operation, folder, tenant=tenant, client_address=client_address, now=NOW + after)


def refused(verdict: Verdict, reason: Reason) -> Denied:
    assert isinstance(verdict, Denied), verdict
    assert verdict.reason == reason.value
    assert verdict.rule == REASONS[reason].rule
    assert verdict.sentence.endswith(".")
    assert "{" not in verdict.sentence
    assert "None" not in verdict.sentence
    return verdict


class TestEveryOperation:
    @EACH
    def test_is_allowed_to_whoever_holds_exactly_it(self, operation: Operation) -> None:
        verdict = judge(terms(operation.id), operation)
        assert verdict == Allowed(Reach(None), operation.id)

    @EACH
    def test_is_refused_to_whoever_holds_every_other_one(self, operation: Operation) -> None:
        others = tuple(other.id for other in CATALOG.operations if other is not operation)
        denied = refused(judge(GrantTerms((Allowance(others),)), operation), Reason.OPERATION_NOT_GRANTED)
        assert denied.smallest_grant == (operation.id,)

    @EACH
    def test_is_refused_to_whoever_holds_nothing(self, operation: Operation) -> None:
        refused(judge(GrantTerms(()), operation), Reason.OPERATION_NOT_GRANTED)

    @EACH
    def test_the_smallest_grant_of_a_refusal_passes(self, operation: Operation) -> None:
        denied = judge(terms("scope:OR.Default"), operation)
        assert isinstance(denied, Denied)
        assert isinstance(judge(terms(*denied.smallest_grant), operation), Allowed)

    @EACH
    def test_a_grant_limited_to_a_folder_reaches_it_only_where_the_folder_bounds_it(self, operation: Operation) -> None:
        verdict = judge(terms(operation.id, folders=[SHARED]), operation)
        if operation.folder is FolderNeed.NONE or operation.names_other_folders:
            refused(verdict, Reason.FOLDER_LIMITED_GRANT)
        else:
            assert verdict == Allowed(Reach(frozenset({SHARED.key})), operation.id)

    @EACH
    def test_in_another_folder_it_is_refused_or_filtered(self, operation: Operation) -> None:
        verdict = judge(terms(operation.id, folders=[SHARED]), operation, FINANCE)
        if operation.folder is FolderNeed.FILTERED:
            assert verdict == Allowed(Reach(frozenset({SHARED.key})), operation.id)
        else:
            assert isinstance(verdict, Denied)


class TestOrganizationsAndTenants:
    def test_another_organizations_credential_is_refused_even_with_everything(self) -> None:
        refused(judge(terms("all"), tenant=tenant_place(organization="umbrella")), Reason.ANOTHER_ORGANIZATION)

    def test_another_tenant_is_refused(self) -> None:
        denied = refused(judge(terms("all"), tenant=tenant_place("prod")), Reason.ANOTHER_TENANT)
        assert "prod" in denied.sentence

    def test_no_tenants_named_means_all_of_the_organization(self) -> None:
        assert isinstance(judge(caller(terms("all"), tenant_ids=None), tenant=tenant_place("prod")), Allowed)

    def test_no_tenant_at_all_means_none(self) -> None:
        refused(judge(caller(terms("all"), tenant_ids=frozenset())), Reason.ANOTHER_TENANT)

    def test_an_allowance_of_one_tenant_is_worth_nothing_in_another(self) -> None:
        prod = tenant_place("prod")
        person = caller(
            GrantTerms(
                (
                    Allowance(("role:Administrator",), tenant_id=DEV.tenant_id),
                    Allowance(("Jobs_Get",), tenant_id=prod.tenant_id),
                )
            ),
            tenant_ids=frozenset({DEV.tenant_id, prod.tenant_id}),
        )
        assert isinstance(judge(person), Allowed)
        refused(judge(person, tenant=prod), Reason.OPERATION_NOT_GRANTED)
        assert isinstance(judge(person, CATALOG.get_operation("Jobs_Get"), tenant=prod), Allowed)


class TestConditions:
    def test_ends_at_its_end_and_not_a_moment_later(self) -> None:
        limited = terms("all", not_after=NOW + timedelta(seconds=1))
        assert isinstance(judge(limited), Allowed)
        refused(judge(limited, after=timedelta(seconds=1)), Reason.EXPIRED)

    @pytest.mark.parametrize("address", [ADDRESS, f"::ffff:{ADDRESS}", "2001:db8::7"])
    def test_a_listed_network_is_let_in(self, address: str) -> None:
        assert isinstance(
            judge(terms("all", networks=("192.0.2.0/24", "2001:db8::/32")), client_address=address), Allowed
        )

    @pytest.mark.parametrize("address", ["198.51.100.1", "2001:db9::1", "::1", "", "unix", "192.0.2.7 ", "192.0.2.007"])
    def test_another_network_or_no_address_is_refused(self, address: str) -> None:
        limited = terms("all", networks=("192.0.2.0/24", "2001:db8::/32"))
        refused(judge(limited, client_address=address), Reason.NETWORK_NOT_GRANTED)

    def test_networks_that_cannot_be_read_any_more_let_nobody_in(self) -> None:
        refused(judge(terms("all", networks=("rubbish",))), Reason.NETWORK_NOT_GRANTED)

    def test_no_networks_means_from_anywhere(self) -> None:
        assert isinstance(judge(terms("all"), client_address="unix"), Allowed)


class TestFolders:
    def test_a_folder_stands_for_its_whole_subtree(self) -> None:
        granted = terms("Jobs_StartJobs", folders=[SHARED])
        assert isinstance(judge(granted, folder=BELOW_SHARED), Allowed)

    def test_a_folder_below_does_not_open_the_one_above(self) -> None:
        granted = terms("Jobs_StartJobs", folders=[BELOW_SHARED])
        denied = refused(judge(granted, folder=SHARED), Reason.FOLDER_NOT_GRANTED)
        assert denied.folder == "Shared"
        assert denied.smallest_grant == ("Jobs_StartJobs",)

    def test_several_allowances_reach_their_union_each_with_its_own_operations(self) -> None:
        granted = GrantTerms((Allowance(("tag:Jobs",), (SHARED.key,)), Allowance(("Jobs_StartJobs",), (FINANCE.key,))))
        assert judge(granted) == Allowed(Reach(frozenset({SHARED.key, FINANCE.key})), "tag:Jobs")
        refused(judge(granted, CATALOG.get_operation("Jobs_StopJobs"), FINANCE), Reason.FOLDER_NOT_GRANTED)

    def test_an_unlimited_allowance_beside_a_limited_one_wins(self) -> None:
        granted = GrantTerms((Allowance(("all",), (SHARED.key,)), Allowance(("Jobs_StartJobs",))))
        assert judge(granted, folder=FINANCE) == Allowed(Reach(None), "Jobs_StartJobs")

    def test_an_operation_in_a_folder_needs_one(self) -> None:
        refused(judge(terms("all"), folder=None), Reason.FOLDER_REQUIRED)

    def test_a_list_over_folders_is_filtered_without_a_folder(self) -> None:
        assert judge(terms("tag:Assets", folders=[SHARED]), ACROSS, None) == Allowed(
            Reach(frozenset({SHARED.key})), "tag:Assets"
        )
        assert judge(terms("tag:Assets"), ACROSS, None) == Allowed(Reach(None), "tag:Assets")

    def test_a_list_over_folders_that_names_a_foreign_one_is_refused(self) -> None:
        refused(judge(terms("tag:Assets", folders=[SHARED]), ACROSS, FINANCE), Reason.FOLDER_NOT_GRANTED)

    def test_reading_about_folders_is_filtered_whatever_folder_is_named(self) -> None:
        assert judge(terms("all", folders=[SHARED]), FOLDERS, FINANCE) == Allowed(Reach(frozenset({SHARED.key})), "all")

    def test_everything_in_a_folder_is_nothing_of_the_tenant(self) -> None:
        refused(judge(terms("all", folders=[SHARED]), TENANT_LEVEL, None), Reason.FOLDER_LIMITED_GRANT)

    def test_a_request_that_names_other_folders_in_its_body_is_not_bound_by_its_header(self) -> None:
        refused(judge(terms("all", folders=[SHARED]), SHARING), Reason.FOLDER_LIMITED_GRANT)
        assert isinstance(judge(terms("all"), SHARING), Allowed)

    def test_an_empty_list_of_folders_allows_nothing(self) -> None:
        refused(judge(terms("all", folders=[])), Reason.OPERATION_NOT_GRANTED)


class TestRemoteTenants:
    def test_an_unlimited_grant_leaves_the_folder_to_the_upstream(self) -> None:
        for operation in (START, ACROSS, FOLDERS, TENANT_LEVEL):
            assert isinstance(judge(terms("all"), operation, None, tenant=REMOTE), Allowed)

    @pytest.mark.parametrize("operation", [START, ACROSS, FOLDERS], ids=lambda operation: operation.id)
    def test_a_grant_limited_to_folders_reaches_nothing_that_cannot_be_checked(self, operation: Operation) -> None:
        limited = terms("all", folders=[SHARED])
        refused(judge(limited, operation, None, tenant=REMOTE), Reason.REMOTE_FOLDERS_UNKNOWN)

    def test_a_known_folder_is_judged_like_any_other(self) -> None:
        limited = terms("all", folders=[SHARED])
        assert isinstance(judge(limited, START, SHARED, tenant=REMOTE), Allowed)
        refused(judge(limited, START, FINANCE, tenant=REMOTE), Reason.FOLDER_NOT_GRANTED)

    def test_a_list_over_folders_is_refused_even_inside_a_known_one(self) -> None:
        refused(judge(terms("all", folders=[SHARED]), ACROSS, SHARED, tenant=REMOTE), Reason.REMOTE_FOLDERS_UNKNOWN)


class TestCeilings:
    def test_a_token_without_the_scope_is_told_which_one(self) -> None:
        token = terms("role:Administrator", ceiling=("scope:OR.Assets.Read",))
        denied = refused(judge(token), Reason.SCOPE_MISSING)
        assert denied.smallest_grant == ("scope:OR.Jobs.Write",)
        assert isinstance(judge(token, ACROSS, None), Allowed)

    def test_a_ceiling_gives_nothing(self) -> None:
        refused(judge(terms("Assets_Get", ceiling=("scope:OR.Jobs",))), Reason.OPERATION_NOT_GRANTED)

    def test_a_ceiling_of_other_words_than_scopes_cuts_what_names_no_scope_too(self) -> None:
        status = CATALOG.get_operation("Status_Get")
        assert isinstance(judge(terms("all", ceiling=("OR.Jobs",)), status, None), Allowed)
        denied = refused(judge(terms("all", ceiling=("tag:Jobs",)), status, None), Reason.SCOPE_MISSING)
        assert denied.smallest_grant == ("Status_Get",)


class TestUnknownOperations:
    def test_what_is_no_operation_is_refused_to_everybody(self) -> None:
        denied = refused(judge(terms("all"), None), Reason.UNKNOWN_OPERATION)
        assert denied.smallest_grant == ()


class TestFoldersFor:
    def test_tells_where_an_operation_was_given(self) -> None:
        limited = caller(terms("Jobs_StartJobs", folders=[SHARED, FINANCE]))
        assert JUDGE.folders_for(limited, START, tenant=DEV) == Reach(frozenset({SHARED.key, FINANCE.key}))
        assert JUDGE.folders_for(caller(terms("all")), START, tenant=DEV) == Reach(None)

    def test_is_nothing_for_what_was_not_given(self) -> None:
        assert JUDGE.folders_for(caller(terms("Jobs_Get")), START, tenant=DEV) is None
        assert JUDGE.folders_for(caller(terms("all")), START, tenant=tenant_place("prod")) is None
        assert JUDGE.folders_for(caller(terms("all")), START, tenant=tenant_place(organization="umbrella")) is None


class TestWholeGrant:
    def test_lists_what_a_caller_holds_in_a_tenant(self) -> None:
        held = caller(GrantTerms((Allowance(("Jobs_Get",)), Allowance(("Jobs_StartJobs",), tenant_id=DEV.tenant_id))))
        names = [
            operation.id for operation in JUDGE.grants.selectors.list_operations(JUDGE.grant_for(held, DEV).operations)
        ]
        assert names == ["Jobs_Get", "Jobs_StartJobs"]
        everywhere = JUDGE.grants.selectors.list_operations(JUDGE.grant_for(held).operations)
        assert [operation.id for operation in everywhere] == ["Jobs_Get"]


def test_every_reason_has_its_words_and_the_list_is_sorted() -> None:
    assert set(REASONS) == set(Reason)
    assert list(Reason) == sorted(Reason)


def test_what_holders_narrow_their_keys_to_takes_the_place_of_no_other_decision() -> None:
    judge = Judge(CATALOG)

    def ask(granted: GrantTerms) -> None:
        judge.judge(caller(granted), START, SHARED, tenant=DEV, client_address=ADDRESS, now=NOW)

    ask(terms("all"))
    kept = judge._decide_usual.cache_info().currsize
    for number in range(50):
        ask(replace(terms("all"), narrowings=(Allowance((f"word-{number}",)),)))
    assert judge._decide_usual.cache_info().currsize == kept
    assert judge._decide_narrowed.cache_info().maxsize == NARROWED_DECISIONS_CACHED_MAX
