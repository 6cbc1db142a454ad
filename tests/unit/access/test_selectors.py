import pytest

from stagedoor.access.errors import UnknownSelector
from stagedoor.access.selectors import Selectors, bits_of
from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.roles import PERMISSIONS, list_roles, selectors_of

SELECTORS = Selectors(CATALOG)


def covered(*allow: str) -> set[str]:
    return {operation.id for operation in SELECTORS.list_operations(SELECTORS.resolve(allow))}


def through(*ceiling: str) -> set[str]:
    return {operation.id for operation in SELECTORS.list_operations(SELECTORS.resolve_ceiling(ceiling))}


EVERYTHING = {operation.id for operation in CATALOG.operations}
WITHOUT_SCOPE = {operation.id for operation in CATALOG.operations if operation.scope is None}


class TestNames:
    def test_one_operation_in_any_letter_case(self) -> None:
        assert covered("jobs_STARTJOBS") == {"Jobs_StartJobs"}

    def test_all_is_the_whole_catalogue(self) -> None:
        assert covered("ALL") == EVERYTHING
        assert SELECTORS.everything == bits_of(CATALOG.operations)

    def test_a_tag_is_all_of_its_operations(self) -> None:
        assert covered("tag:queues") == {
            "Queues_AddQueueItem",
            "Queues_BulkAddQueueItems",
            "Queues_SetTransactionResultById",
            "Queues_StartTransaction",
        }

    def test_nothing_covers_nothing(self) -> None:
        assert covered() == set()


class TestScopes:
    def test_a_bare_scope_is_the_sum_of_reading_and_writing(self) -> None:
        assert covered("scope:OR.Jobs") == covered("scope:OR.Jobs.Read") | covered("scope:or.jobs.write")
        assert covered("scope:OR.Jobs.Read").isdisjoint(covered("scope:OR.Jobs.Write"))

    def test_a_scope_never_covers_what_names_none(self) -> None:
        assert covered("scope:OR.Folders").isdisjoint(WITHOUT_SCOPE)

    @pytest.mark.parametrize("scope", ["OR.Default", "OrchestratorApiUserAccess", "openid", "PM.User"])
    def test_scopes_of_people_and_of_other_services_give_nothing_by_themselves(self, scope: str) -> None:
        assert covered(f"scope:{scope}") == set()


class TestPermissions:
    def test_one_permission_covers_what_it_alone_opens(self) -> None:
        assert "Jobs_Get" in covered("permission:jobs.view")
        assert "QueueItems_Get" not in covered("permission:Transactions.View")

    def test_several_count_together(self) -> None:
        together = covered("permission:Queues.View", "permission:Transactions.View")
        assert "QueueItems_Get" in together
        assert together > covered("permission:Queues.View") | covered("permission:Transactions.View")

    def test_never_cover_an_operation_that_names_none(self) -> None:
        every = {
            f"permission:{name}"
            for operation in CATALOG.operations
            for alternative in operation.permissions.alternatives
            for name in alternative
        }
        unnamed = {operation.id for operation in CATALOG.operations if not operation.permissions.alternatives}
        assert covered(*sorted(every)) == EVERYTHING - unnamed


class TestRoles:
    def test_administrator_covers_everything(self) -> None:
        assert covered("role:administrator") == EVERYTHING

    @pytest.mark.parametrize("role", list_roles(), ids=lambda role: role.name)
    def test_no_other_role_reaches_what_belongs_to_the_host(self, role: object) -> None:
        name = role.name  # type: ignore[attr-defined]  # pytest hands the object through untyped
        host = {"Maintenance_Start", "Maintenance_End", "Licensing_Acquire", "Licensing_Release", "Tenants_Get"}
        assert host & covered(f"role:{name}") == (host if name == "Administrator" else set())

    def test_an_automation_user_starts_jobs_and_does_not_make_processes(self) -> None:
        role = covered("role:Automation User")
        assert {"Jobs_StartJobs", "Queues_AddQueueItem", "Queues_StartTransaction", "Assets_GetFiltered"} <= role
        assert role.isdisjoint({"Releases_Post", "Assets_Post", "Users_Get", "Webhooks_Post", "Folders_Post"})

    def test_every_role_reads_about_itself(self) -> None:
        for role in list_roles():
            assert {
                "Users_GetCurrentUser",
                "Users_GetCurrentPermissions",
                "FoldersNavigation_GetFoldersForCurrentUser",
                "StudioWeb_TryEnableFirstRun",
                "Users_ChangeCulture",
            } <= covered(f"role:{role.name}")

    def test_a_role_that_may_not_see_assets_does_not_see_them_across_folders(self) -> None:
        assert "Assets_GetAssetsAcrossFolders" in covered("role:Automation User")
        assert "Assets_GetAssetsAcrossFolders" not in covered("role:Tenant Administrator")
        assert "Assets_ShareToFolders" not in covered("role:Automation User")
        assert "Assets_ShareToFolders" in covered("role:Automation Publisher")

    def test_a_tenants_own_role_covers_what_one_of_the_catalogue_with_its_permissions_does(self) -> None:
        user = next(role for role in list_roles() if role.name == "Automation User")
        assert covered(*selectors_of("Clerk", user.permissions)) == covered("role:Automation User")
        assert "Users_GetCurrentUser" in covered(*selectors_of("Clerk", ()))
        assert "Users_GetCurrentUser" not in covered("permission:Jobs.View")

    def test_a_tenants_own_role_never_reaches_what_belongs_to_the_host(self) -> None:
        host = {"Maintenance_Start", "Maintenance_End", "Licensing_Acquire", "Licensing_Release", "Tenants_Get"}
        assert host.isdisjoint(covered(*selectors_of("Administrator", PERMISSIONS)))

    def test_nobody_writes_a_tenants_own_role_into_a_grant(self) -> None:
        with pytest.raises(UnknownSelector):
            SELECTORS.verify(["own-role:Clerk"])

    def test_a_tenants_own_role_is_the_rule_that_covers(self) -> None:
        start = CATALOG.get_operation("Jobs_StartJobs")
        assert SELECTORS.find_covering(selectors_of("Clerk", ["Jobs.Create"]), start) == "own-role:Clerk"
        assert SELECTORS.find_covering(selectors_of("Clerk", ["Jobs.View"]), start) is None

    def test_an_unknown_role_covers_nothing_not_even_what_roles_do_for_themselves(self) -> None:
        assert covered("role:Nobody") == set()

    def test_a_role_and_a_permission_count_together(self) -> None:
        assert "Releases_Post" not in covered("role:Automation User", "permission:Processes.Create")
        assert "Releases_Post" in covered(
            "role:Automation User", "permission:Processes.Create", "permission:RemoteControl.Create"
        )


class TestStoredWordsThatMeanNothingAnyMore:
    @pytest.mark.parametrize(
        "selector",
        ["Jobs_Fly", "tag:Nothing", "scope:OR.Nothing", "permission:Jobs.Fly", "role:Nobody", "x:y", "", ":", "tag:"],
    )
    def test_cover_nothing(self, selector: str) -> None:
        assert covered(selector) == set()
        assert covered(selector, "Jobs_Get") == {"Jobs_Get"}


class TestCeilings:
    def test_lets_its_scopes_through_and_what_names_none(self) -> None:
        assert through("scope:OR.Jobs.Read") == covered("scope:OR.Jobs.Read") | WITHOUT_SCOPE

    def test_takes_scopes_written_bare_beside_those_of_other_services(self) -> None:
        assert through("openid", "offline_access", "PM.User", "OR.Jobs.Read") == through("scope:OR.Jobs.Read")

    def test_no_scope_at_all_lets_only_through_what_names_none(self) -> None:
        assert through() == through("openid", "profile") == WITHOUT_SCOPE

    @pytest.mark.parametrize("scope", ["OR.Default", "scope:OR.Default", "OrchestratorApiUserAccess"])
    def test_scopes_that_hand_over_to_the_persons_roles_do_not_cut(self, scope: str) -> None:
        assert through(scope, "openid") == EVERYTHING

    def test_takes_other_selectors_exactly(self) -> None:
        assert through("Jobs_Get") == {"Jobs_Get"}
        assert through("tag:Queues", "OR.Jobs.Read") == covered("tag:Queues", "scope:OR.Jobs.Read")
        assert through("all") == EVERYTHING


class TestWriting:
    @pytest.mark.parametrize(
        "selector",
        [
            "Jobs_StartJobs",
            "tag:Jobs",
            "scope:OR.Jobs",
            "scope:OR.Default",
            "permission:Jobs.View",
            "role:Automation User",
            "all",
            " ALL ",
            "Tag: jobs",
        ],
    )
    def test_known_words_are_taken(self, selector: str) -> None:
        SELECTORS.verify([selector])

    @pytest.mark.parametrize(
        ("selector", "near"),
        [
            ("Jobs_StartJob", "Jobs_StartJobs"),
            ("tag:Job", "tag:Jobs"),
            ("scope:OR.Job.Read", "scope:OR.Jobs.Read"),
            ("permission:Job.View", "permission:Jobs.View"),
            ("role:Automation Usr", "role:Automation User"),
            ("OR.Jobs.Read", "scope:OR.Jobs.Read"),
            ("Jobs.View", "permission:Jobs.View"),
        ],
    )
    def test_an_unknown_word_is_refused_with_near_ones(self, selector: str, near: str) -> None:
        with pytest.raises(UnknownSelector) as refused:
            SELECTORS.verify(["Jobs_Get", selector])
        assert near in refused.value.details["near"]
        assert near in str(refused.value.hint)

    def test_a_word_like_no_other_says_what_could_be_written(self) -> None:
        with pytest.raises(UnknownSelector) as refused:
            SELECTORS.verify(["%" * 10_000])
        assert refused.value.details["near"] == []
        assert len(refused.value.public) < 200


class TestCoveringSelector:
    def test_names_the_word_that_covers(self) -> None:
        operation = CATALOG.get_operation("QueueItems_Get")
        allow = ("Jobs_Get", "permission:Queues.View", "permission:Transactions.View")
        assert SELECTORS.find_covering(("tag:QueueItems",), operation) == "tag:QueueItems"
        assert SELECTORS.find_covering(allow, operation) == "permission:Queues.View+permission:Transactions.View"
        assert SELECTORS.find_covering(("Jobs_Get",), operation) is None
