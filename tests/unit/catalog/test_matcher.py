import pytest
from tests.factories.operation_paths import GUID, plain_path, spellings

from stagedoor.catalog.canonical import canonical_path
from stagedoor.catalog.errors import UnknownOperation
from stagedoor.catalog.matcher import CATALOG, Catalog
from stagedoor.catalog.operations import FolderNeed, Operation, PermissionExpression

OPERATIONS = pytest.mark.parametrize("operation", CATALOG.operations, ids=lambda operation: operation.id)


def operation(index: int, name: str, template: str, method: str = "GET") -> Operation:
    return Operation(
        index, name, name.partition("_")[0], method, template, None, PermissionExpression(), FolderNeed.NONE
    )


def found(path: str, method: str = "GET") -> str | None:
    match = CATALOG.match(method, path)
    return match.operation.id if match else None


class TestEveryOperation:
    @OPERATIONS
    def test_is_found_in_every_spelling(self, operation: Operation) -> None:
        for spelling in spellings(operation):
            match = CATALOG.match(operation.method, canonical_path(spelling))
            assert match is not None, spelling
            assert match.operation is operation, spelling

    @OPERATIONS
    def test_gives_the_path_values_by_the_templates_names(self, operation: Operation) -> None:
        match = CATALOG.match(operation.method, plain_path(operation, GUID))
        assert match is not None
        names = [part.split("}")[0] for part in operation.template.split("{")[1:]]
        assert dict(match.arguments) == dict.fromkeys(names, GUID)

    @OPERATIONS
    def test_is_not_found_below_or_beside_its_path(self, operation: Operation) -> None:
        path = plain_path(operation)
        for other in (path + "/$value", path + "/x/y", path + "/x(", "/x" + path, path + "/$batch"):
            match = CATALOG.match(operation.method, other)
            assert match is None or match.operation is not operation

    @OPERATIONS
    def test_its_method_is_among_those_of_its_path(self, operation: Operation) -> None:
        assert operation.method in CATALOG.methods_for(plain_path(operation))


class TestSpellings:
    def test_keys_may_be_quoted_or_bare(self) -> None:
        assert found("/odata/Jobs(5)") == found("/odata/Jobs('5')") == found("/ODATA/jobs(5)/") == "Jobs_GetById"

    def test_a_lone_key_may_be_written_with_its_name(self) -> None:
        match = CATALOG.match("GET", canonical_path("/odata/Jobs(Id=5)"))
        assert match == CATALOG.match("GET", canonical_path("/odata/jobs(id='5')"))
        assert match == CATALOG.match("GET", canonical_path("/odata/Jobs(5)"))

    def test_arguments_come_in_any_order_and_case(self) -> None:
        path = "/odata/Robots/UiPath.Server.Configuration.OData.GetFolderRobots(MACHINEID=2,folderid=1)"
        match = CATALOG.match("GET", path)
        assert match is not None
        assert match.arguments == {"folderId": "1", "machineId": "2"}

    def test_one_space_may_follow_a_comma(self) -> None:
        path = "/odata/Robots/UiPath.Server.Configuration.OData.GetFolderRobots(folderId=1,%20machineId=2)"
        assert found(path) == "Robots_GetFolderRobotsByFolderidAndMachineid"

    def test_a_quoted_key_keeps_its_slash_comma_and_quotes(self) -> None:
        path = canonical_path(
            "/odata/Processes/UiPath.Server.Configuration.OData.DownloadPackage(key='a%2Fb,(it%27%27s):1')"
        )
        match = CATALOG.match("GET", path)
        assert match is not None
        assert match.arguments == {"key": "a/b,(it's):1"}

    def test_a_list_argument_keeps_its_commas(self) -> None:
        path = canonical_path("/odata/Users/UiPath.Server.Configuration.OData.Validate(userIds=[1,2,3])")
        match = CATALOG.match("GET", path)
        assert match is not None
        assert match.arguments == {"userIds": "1,2,3"}

    def test_an_api_value_is_decoded_once(self) -> None:
        match = CATALOG.match("GET", canonical_path("/api/Buckets/a%2520b/ListFiles".replace("%25", "%")))
        assert match is not None
        assert match.arguments == {"id": "a b"}

    def test_empty_brackets_change_nothing(self) -> None:
        assert found("/odata/Processes/UiPath.Server.Configuration.OData.UploadPackage()", "POST") == (
            "Processes_UploadPackage"
        )
        assert found("/odata/Jobs()") == "Jobs_Get"


class TestRefused:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "",
            "odata/Jobs",
            "/odata/$batch",
            "/odata/Jobs/$count",
            "/odata/Jobs(5)/Robot",
            "/odata/Jobs(Key=5)",
            "/odata/Jobs(Id=[5])",
            "/odata/Jobs(Id=5,Id=6)",
            "/odata/Jobs(Id=)",
            "/odata/Jobs(Id=@key)",
            "/odata/Jobs(1,2)",
            "/odata/Jobs(5",
            "/odata/Jobs5)",
            "/odata/Jobs('5)",
            "/odata/Jobs(@key)",
            "/odata/Jobs([5])",
            "/odata/Jobs((5))",
            "/odata/Jobs(5)(6)",
            "/odata/Jobs(a b)",
            "/odata/Jobs(5,)",
            "/odata/%E2%84%AAobs",
            "/odata/Tas%E2%84%AAs",
            "/odata/Tas\u212as",
            "/odata/%FF",
            "/odata/Jobs('%FF')",
            "/odata/StartJobs",
            "/odata/Jobs/StartJobs",
            "/odata/Jobs/UiPath.Server.Configuration.OData.StartJobs/more",
            "/odata/Robots/UiPath.Server.Configuration.OData.GetFolderRobots(folderId=1)",
            "/odata/Robots/UiPath.Server.Configuration.OData.GetFolderRobots(folderId=1,folderId=2)",
            "/odata/Robots/UiPath.Server.Configuration.OData.GetFolderRobots(folderId=1,machineId=@m)",
            "/odata/Robots/UiPath.Server.Configuration.OData.GetFolderRobots(folderId=1,2)",
            "/odata/Robots/UiPath.Server.Configuration.OData.GetFolderRobots(1,machineId=2)",
            "/odata/Jobs(a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9)",
            "/a/b/c/d/e/f/g/h/i/j/k",
            "/api/Buckets//ListFiles",
            "/api/Buckets/%FF/ListFiles",
        ],
    )
    def test_no_operation_means_none(self, path: str) -> None:
        assert found(path) is None
        assert CATALOG.methods_for(path) == ()

    def test_another_method_is_none_but_the_path_knows_its_own(self) -> None:
        assert found("/odata/Jobs", "DELETE") is None
        assert CATALOG.methods_for("/odata/Assets(5)") == ("DELETE", "GET", "PUT")

    def test_methods_are_compared_as_they_are(self) -> None:
        assert found("/odata/Jobs", "get") is None


class TestNames:
    def test_are_found_in_any_letter_case(self) -> None:
        assert CATALOG.get_operation("jobs_STARTJOBS").id == "Jobs_StartJobs"
        assert CATALOG.find_operation("nothing") is None

    def test_an_unknown_name_lists_near_ones(self) -> None:
        with pytest.raises(UnknownOperation) as refused:
            CATALOG.get_operation("Jobs_StartJob")
        assert "Jobs_StartJobs" in refused.value.details["near"]
        assert "Jobs_StartJobs" in str(refused.value.hint)

    def test_a_name_like_no_other_has_no_near_ones(self) -> None:
        with pytest.raises(UnknownOperation) as refused:
            CATALOG.get_operation("%" * 1000)
        assert not refused.value.details


class TestCatalogsThatMustNotStart:
    def test_two_operations_of_one_name(self) -> None:
        with pytest.raises(ValueError, match="same name"):
            Catalog([operation(0, "A_Get", "/a"), operation(1, "a_get", "/b")])

    def test_an_index_out_of_place(self) -> None:
        with pytest.raises(ValueError, match="place"):
            Catalog([operation(1, "A_Get", "/a")])

    def test_two_operations_of_one_path(self) -> None:
        catalog = Catalog([operation(0, "A_Get", "/a"), operation(1, "B_Get", "/A")])
        with pytest.raises(ValueError, match="shares"):
            catalog.match("GET", "/a")

    def test_a_word_where_another_template_has_a_value(self) -> None:
        catalog = Catalog([operation(0, "A_Get", "/a/{id}"), operation(1, "B_Get", "/a/b")])
        with pytest.raises(ValueError, match="value"):
            catalog.match("GET", "/a")

    def test_a_template_that_cannot_be_read(self) -> None:
        catalog = Catalog([operation(0, "A_Get", "/a(?)")])
        with pytest.raises(ValueError, match="cannot be read"):
            catalog.match("GET", "/a")
