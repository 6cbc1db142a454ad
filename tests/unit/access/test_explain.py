from datetime import UTC, datetime

from tests.factories.callers import SHARED, terms

from stagedoor.access.explain import grant_in_words, list_unusable
from stagedoor.access.grants import Grants
from stagedoor.catalog.matcher import CATALOG
from stagedoor.passage import Allowance, GrantTerms

GRANTS = Grants(CATALOG)
PATHS = {SHARED.key: "Shared"}


def words(granted: GrantTerms) -> list[str]:
    return grant_in_words(granted, GRANTS, folder_paths=PATHS, tenant_names={"tenant-dev": "acme/dev"})


class TestInWords:
    def test_spells_operations_out(self) -> None:
        granted = GrantTerms((Allowance(("Jobs_StartJobs", "Jobs_Get"), (SHARED.key,), "tenant-dev"),))
        assert words(granted) == [
            "May start jobs of a process and list jobs, in Shared and everything below of the tenant acme/dev."
        ]

    def test_says_when_and_from_where(self) -> None:
        granted = terms("Jobs_Get", networks=("10.0.0.0/8", "::1"), not_after=datetime(2027, 3, 1, 9, 5, tzinfo=UTC))
        assert words(granted) == [
            "May list jobs, in every folder.",
            "Only from 10.0.0.0/8 and ::1.",
            "Until 1 March 2027, 09:05 UTC.",
        ]

    def test_counts_what_groups_cover(self) -> None:
        (sentence,) = words(terms("tag:Queues", "scope:OR.Jobs.Read", "permission:Audit.View", "role:automation user"))
        assert sentence.startswith("May do everything under Queues (4 operations), read everything about jobs (")
        assert "do what the permission Audit.View covers (4 operations)" in sentence
        assert "do what the role Automation User does (" in sentence

    def test_says_the_role_that_a_tenant_made_for_itself(self) -> None:
        (sentence,) = words(terms("own-role:Clerk", "permission:Jobs.View"))
        assert sentence.startswith("May do what the role Clerk does (")

    def test_says_a_scope_in_plain_words_in_any_letter_case(self) -> None:
        (sentence,) = words(terms("scope:or.testsets.write", "scope:OR.QUEUES", "scope:OR.Default"))
        assert sentence.startswith("May change everything about test sets (")
        assert ", read and change everything about queues (" in sentence
        assert "do what the scope OR.Default covers (0 operations)" in sentence

    def test_does_not_spell_out_a_hundred(self) -> None:
        (sentence,) = words(terms(*(operation.id for operation in CATALOG.operations[:100])))
        assert "and use 88 more operations" in sentence

    def test_says_everything_and_nothing(self) -> None:
        assert words(terms("all")) == [f"May do everything ({len(CATALOG.operations)} operations), in every folder."]
        assert words(GrantTerms(())) == ["May do nothing."]
        assert words(terms()) == ["May do nothing, in every folder."]
        assert words(terms("Jobs_Get", folders=[])) == ["May list jobs, in no folder."]

    def test_names_the_ceiling(self) -> None:
        assert words(terms("all", ceiling=("scope:OR.Jobs", "scope:OR.Assets.Read")))[1] == (
            "Never more than OR.Jobs and OR.Assets.Read."
        )
        assert words(terms("all", ceiling=()))[1] == "Never more than what needs no scope."

    def test_unknown_folders_and_tenants_go_by_their_keys(self) -> None:
        granted = GrantTerms((Allowance(("Jobs_Get",), ("gone",), "left"),))
        assert words(granted) == ["May list jobs, in gone and everything below of the tenant left."]


class TestUnusable:
    def test_a_sensible_grant_has_no_warnings(self) -> None:
        assert list_unusable(terms("Jobs_StartJobs", "Folders_Get", folders=[SHARED]), GRANTS) == []
        assert list_unusable(terms("Webhooks_Get", "tag:Users"), GRANTS) == []
        assert list_unusable(terms("permission:Queues.View", "permission:Transactions.View"), GRANTS) == []

    def test_an_operation_of_the_tenant_in_a_folder(self) -> None:
        (warning,) = list_unusable(terms("Webhooks_Get", folders=[SHARED]), GRANTS)
        assert warning.startswith("Webhooks_Get is not bound by one folder")

    def test_a_group_that_is_partly_of_the_tenant(self) -> None:
        (warning,) = list_unusable(terms("tag:Folders", folders=[SHARED]), GRANTS)
        assert "operations of tag:Folders are not bound by one folder" in warning
        assert warning.endswith("more.")

    def test_a_word_that_gives_nothing(self) -> None:
        assert list_unusable(terms("scope:OR.Default"), GRANTS) == ["scope:OR.Default allows nothing by itself."]

    def test_a_permission_that_counts_only_with_its_neighbour(self) -> None:
        alone = list_unusable(terms("permission:Transactions.Create"), GRANTS)
        assert alone == ["permission:Transactions.Create allows nothing by itself."]
        assert list_unusable(terms("permission:Transactions.Create", "permission:Queues.View"), GRANTS) == []

    def test_a_word_that_the_ceiling_cuts_off(self) -> None:
        assert list_unusable(terms("Jobs_Get", ceiling=("scope:OR.Assets",)), GRANTS) == [
            "Jobs_Get is cut off whole by the ceiling."
        ]

    def test_no_folder_at_all(self) -> None:
        assert "no folder at all" in list_unusable(terms("Jobs_Get", folders=[]), GRANTS)[0]
