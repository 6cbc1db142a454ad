import pytest

from stagedoor.catalog.matcher import CATALOG
from stagedoor.catalog.operations import FolderNeed, PermissionExpression
from stagedoor.catalog.table import TABLE, load_operations, read_expression, write_expression

HEAD = "operation\tmethod\ttemplate\tscope\tpermissions\tfolder\tnotes\n"
ROW = "Jobs_Get\tGET\t/odata/Jobs\tOR.Jobs.Read\tJobs.View\tneeded\t-\n"


class TestTheShippedTable:
    def test_is_sorted_by_tag_and_name_so_that_a_change_is_one_line(self) -> None:
        names = [operation.id for operation in CATALOG.operations]
        assert names == sorted(names, key=lambda name: (name.partition("_")[0].lower(), name.lower()))

    def test_keeps_each_operations_place_as_its_bit(self) -> None:
        assert [operation.index for operation in CATALOG.operations] == list(range(len(CATALOG.operations)))

    def test_leaves_no_white_space_at_the_end_of_a_line(self) -> None:
        assert all(line == line.rstrip() for line in TABLE.read_text(encoding="utf-8").splitlines())

    def test_has_minimal_expressions(self) -> None:
        for operation in CATALOG.operations:
            alternatives = operation.permissions.alternatives
            assert not any(one < other for one in alternatives for other in alternatives), operation.id

    def test_only_reads_are_filtered_or_accepted_but_for_what_finds_its_task_or_job_wherever_that_is(self) -> None:
        writes = {
            operation.id
            for operation in CATALOG.operations
            if operation.folder in (FolderNeed.ACCEPTED, FolderNeed.FILTERED) and not operation.reads
        }
        of_tasks = {"Tasks_AssignTasks", "Tasks_ReassignTasks", "Tasks_UnassignTasks"}
        assert writes == of_tasks | {"JobTriggers_SaveExternalTrigger"}

    @pytest.mark.parametrize(
        "name",
        [
            "Buckets_GetByKeyByIdentifier",
            "JobAttachments_GetByJobKey",
            "Jobs_GetByKeyByIdentifier",
            "Metadata_Get",
            "PackageFeeds_GetFeeds",
            "Releases_ListReleases",
            "ServiceDocument_Get",
            "Status_GetVersion",
            "StudioWeb_AcquireLicense",
            "StudioWeb_TryEnableFirstRun",
            "Users_GetCurrentUserExtended",
        ],
    )
    def test_has_what_real_clients_call_beyond_the_document(self, name: str) -> None:
        assert not CATALOG.get_operation(name).documented


class TestReading:
    def test_reads_one_row(self) -> None:
        (operation,) = load_operations(HEAD + ROW)
        assert (operation.id, operation.tag, operation.scope) == ("Jobs_Get", "Jobs", "OR.Jobs.Read")
        assert operation.permissions == PermissionExpression((frozenset({"Jobs.View"}),))

    def test_a_dash_is_nothing(self) -> None:
        (operation,) = load_operations(HEAD + "Status_Get\tGET\t/api/Status/Get\t-\t-\tnone\t-\n")
        assert (operation.scope, operation.permissions.alternatives) == (None, ())

    @pytest.mark.parametrize(
        "text",
        [
            "operation\tmethod\n" + ROW,
            HEAD + ROW.replace("needed", "perhaps"),
            HEAD + ROW.replace("-\n", "strange\n"),
            HEAD + "Jobs_Get\tGET\n",
        ],
        ids=["other columns", "unknown folder need", "unknown note", "short row"],
    )
    def test_a_table_with_a_hole_in_it_does_not_load(self, text: str) -> None:
        with pytest.raises((ValueError, KeyError)):
            load_operations(text)


class TestExpressions:
    def test_and_binds_tighter_than_or(self) -> None:
        expression = read_expression("Queues.View and Transactions.View or Units.View")
        assert expression.is_met_by(frozenset({"Units.View"}))
        assert expression.is_met_by(frozenset({"Queues.View", "Transactions.View"}))
        assert not expression.is_met_by(frozenset({"Queues.View"}))

    def test_no_permission_named_is_never_met(self) -> None:
        assert not PermissionExpression().is_met_by(frozenset({"Jobs.View"}))

    def test_writing_gives_back_what_was_read(self) -> None:
        text = "A.Edit and B.View or C.Delete"
        assert write_expression(read_expression(text)) == text
        assert write_expression(PermissionExpression()) == ""
