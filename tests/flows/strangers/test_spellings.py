"""Requests as public clients write them, sent letter by letter: what a real server reads is read here too.

Each case names the client it was seen in, in whose own source or in a script that somebody published. What several
write alike stands here once. The cases run against the embedded Orchestrator, and against a tenant that lies on
another server.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.factories.administrator import Administrator, administrator_of
from tests.factories.packages import studio_package
from tests.factories.raw_http import RawAnswers, exchange
from tests.factories.served import Served, served

SVC = "UiPath.Server.Configuration.OData"
SHARED = {"X-UIPATH-OrganizationUnitId": "1"}
SCOPES = (
    *("Administration", "Assets", "Audit", "Execution", "Folders", "Jobs", "License", "Machines", "Monitoring"),
    *("Queues", "Robots", "Settings", "Tasks", "TestDataQueues", "TestSets", "TestSetExecutions", "TestSetSchedules"),
    *("Users", "Webhooks"),
)
ALLOWED = (
    *(f"scope:OR.{scope}" for scope in SCOPES),
    *("FoldersNavigation_GetFoldersForCurrentUser", "Permissions_Get", "Metadata_Get", "Status_GetVersion"),
)


@dataclass(frozen=True)
class Door:
    """A tenant and what a request to it starts with; ``name`` tells where the tenant's Orchestrator is."""

    name: str
    base_url: str
    tenant_path: str
    access_key: str

    def send(
        self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | str | dict[str, Any] = b""
    ) -> RawAnswers:
        """Send one request with the target as it is written; a space is the only letter that no client sends."""
        written = (
            json.dumps(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
        )
        given = {"Host": urlsplit(self.base_url).netloc, "Connection": "close"}
        given |= {"Authorization": f"Bearer {self.access_key}", **(headers or {})}
        if isinstance(body, dict):
            given.setdefault("Content-Type", "application/json")
        if written or method != "GET":
            given["Content-Length"] = str(len(written))
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        target = target.replace(" ", "%20")
        request = f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + written
        return exchange(self.base_url, request, until_closed=True)


@pytest.fixture(scope="module")
def release(administrator: Administrator) -> dict[str, Any]:
    """The seeded process, which scripts start by its key."""
    answer = administrator.orchestrator.get("/odata/Releases", headers=SHARED)
    return next(each for each in answer.json()["value"] if each["Name"] == "InvoiceBot")


@pytest.fixture(scope="module")
def embedded(administrator: Administrator) -> Door:
    house = administrator.house
    key = administrator.make_key("spellings", ALLOWED)
    return Door("embedded", house.base_url, f"/{house.organization}/{house.tenant}", key)


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory, administrator: Administrator, house: Served) -> Iterator[Door]:
    """A front door whose tenant lies on the server of all flows."""
    upstream_key = administrator.make_key("spellings, upstream", ALLOWED)
    with (
        served(tmp_path_factory.mktemp("spelling front") / "data", "--empty") as running,
        administrator_of(running) as front,
    ):
        tenant_id = front.management.get("/tenants").json()["items"][0]["id"]
        destination = {"remote_base_url": house.orchestrator_url, "token": upstream_key}
        answer = front.management.put(f"/tenants/{tenant_id}/destination", json=destination)
        assert answer.status_code == 200, answer.text
        key = front.make_key("spellings", ALLOWED)
        yield Door("remote", running.base_url, f"/{running.organization}/{running.tenant}", key)


@pytest.fixture(params=["embedded", "remote"])
def door(request: pytest.FixtureRequest) -> Door:
    """Each case is sent to both."""
    found: Door = request.getfixturevalue(request.param)
    return found


UIPATH_ORCH = [
    "/odata/Settings?$top=1000&$skip=0",
    f"/odata/Settings/{SVC}.GetActivitySettings",
    "/api/Status/Version",
    f"/odata/Settings/{SVC}.GetExecutionSettingsConfiguration(scope=0)",
    f"/odata/QueueDefinitions/{SVC}.GetQueue(id=1)",
    f"/odata/QueueDefinitions/{SVC}.GetFoldersForQueue(id=1)",
    "/odata/QueueRetention(1)?retentionType=Final",
    "/odata/QueueItems?$top=100&$skip=0&$filter=(QueueDefinitionId eq 1)&$orderby=EndProcessing desc"
    "&$expand=Robot,ReviewerUser",
    f"/odata/QueueItems/{SVC}.GetReviewers()?$top=1000&$skip=0&$filter=(Type eq 'DirectoryUser')",
    f"/odata/Robots/{SVC}.GetRobotsFromFolder(folderId=1)?$top=1000&$skip=0",
    f"/odata/Robots/{SVC}.FindAllAcrossFolders?$top=1000&$skip=0&$filter=Type eq '2' and ProvisionType eq '1'"
    "&$expand=User",
    f"/odata/Robots/{SVC}.GetConfiguredRobots?$top=1000&$skip=0&$expand=User",
    f"/odata/Robots/{SVC}.GetFolderRobots(folderId=1,machineId=1)?$top=1000&$skip=0"
    "&$filter=Type eq '2' and ProvisionType eq 'Automatic'&$expand=User",
    f"/odata/Webhooks/{SVC}.GetEventTypes?$top=1000&$skip=0",
    "/odata/Environments?$top=1000&$skip=0&$expand=Robots",
    f"/odata/Folders/{SVC}.GetUsersForFolder(key=1,includeInherited=false)?$top=1000&$skip=0&includeAlertsEnabled=true",
    f"/odata/Folders/{SVC}.GetMachinesForFolder(key=1)?$top=1000&$skip=0",
    "/odata/Jobs?$top=1000&$skip=0&$expand=Robot,Machine,Release&$orderby=CreationTime desc",
    f"/odata/Machines/{SVC}.GetRuntimesForFolder(folderId=1)?$count=false",
    "/odata/Processes?$top=1000&$skip=0&feedId=",
    f"/odata/Processes/{SVC}.GetProcessVersions(processId='InvoiceBot')?$top=1000&$skip=0",
    f"/odata/Processes/{SVC}.GetPackageMainEntryPoint(key='InvoiceBot%3a1.0.0')",
    f"/odata/Processes/{SVC}.GetPackageEntryPoints(key='InvoiceBot:1.0.0')?$top=1000&$skip=0",
    f"/odata/Releases/{SVC}.ListReleases?$top=1000&$skip=0&$filter=ProcessType eq '1'",
    "/odata/Releases?$top=1000&$skip=0&$expand=CurrentVersion,ReleaseVersions,EntryPoint",
    f"/odata/Releases(1)/{SVC}.GetRelease",
    "/odata/ReleaseRetention(1)",
    "/odata/Roles?$top=1000&$skip=0&$expand=Permissions",
    "/odata/Users?$top=1000&$skip=0&$expand=OrganizationUnits,UserRoles",
    f"/odata/LicensesNamedUser/{SVC}.GetLicensesNamedUser(robotType='Attended')?$top=1000&$skip=0",
    f"/odata/LicensesRuntime/{SVC}.GetLicensesRuntime(robotType='Unattended')?$top=1000&$skip=0",
    "/odata/Assets?$top=1000&$skip=0&$expand=UserValues",
    f"/odata/Assets/{SVC}.GetFiltered?$top=1000&$skip=0&$expand=UserValues&$filter=ValueType eq 'Secret'",
    "/odata/Sessions?$top=1000&$skip=0&$expand=Robot($expand=License)",
    f"/odata/Sessions/{SVC}.GetMachineSessionRuntimesByFolderId(folderId=1)?$top=1000&$skip=0",
    "/odata/TestSets?$top=1000&$skip=0&$filter=(SourceType eq 'User')&$expand=Environment",
    "/odata/TestSetExecutions?$top=1000&$skip=0&$expand=TestSet",
    "/odata/TestDataQueueItems?$top=1000&$skip=0&$filter=(TestDataQueueId eq 1)",
]
"""What the PowerShell provider UiPathOrch of the vendor's people asks, straight below the tenant."""

ELSEWHERE = [
    ("Cognigy", "/odata/Releases/?$filter=Name eq 'InvoiceBot'"),
    ("axios", "/odata/Releases?%24filter=Name+eq+%27InvoiceBot%27"),
    ("Dataiku", "/odata/Releases?$filter=ProcessKey eq 'InvoiceBot'"),
    ("Dataiku", "/odata/RobotLogs?%24filter=Level+eq+%27Info%27&%24top=100&%24skip=0"),
    ("UiPathCloudAPISharp", "/odata/Jobs?"),
    ("UiPathCloudAPISharp", "/odata/Sessions?$filter=Robot/Name eq 'invoice-robot'&$expand=Robot"),
    ("Lambda in C#", "/odata/Jobs?$filter=(Key eq 3f2504e0-4f89-11d3-9a0c-0305e82c3301)"),
    ("script in Node", "/odata/Jobs?$filter=Key eq '3f2504e0-4f89-11d3-9a0c-0305e82c3301'"),
    (
        "script in Node",
        "/odata/Jobs?$filter=(State eq 'Running' or State eq 'Pending') and ReleaseName eq 'InvoiceBot'"
        "&orderby=StartTime desc",
    ),
    (
        "script in Node",
        "/odata/Jobs?$select=ReleaseName,EndTime,StartTime,key&$orderby=StartTime%20desc"
        "&$filter=ReleaseName eq 'InvoiceBot'",
    ),
    ("n8n", "/odata/Jobs?$top=20&$skip=0"),
    ("n8n", "/odata/Jobs?take=100&skip=0"),
    ("browser extension", "/odata/QueueItems?$filter=Status%20eq%20'InProgress'"),
    ("browser extension", "/odata/QueueProcessingRecords/UiPathODataSvc.RetrieveQueuesProcessingStatus()"),
    ("orchestrator-nodejs", "/odata/Users/UiPath.Server.Configuration.OData.GetCurrentPermissions()"),
    ("orchestrator-nodejs", "/odata/Settings/UiPath.Server.Configuration.OData.GetTimezones()"),
    ("orchestrator-nodejs", f"/odata/Robots/{SVC}.GetMachineNameToLicenseKeyMappings()"),
    (
        "orchestrator-nodejs",
        "/odata/QueueProcessingRecords/UiPathODataSvc.RetrieveLastDaysProcessingRecords(daysNo=7,queueDefinitionId=1)",
    ),
    *[
        ("uipath-orchestrator-api-node", path)
        for path in (
            f"/odata/LicensesNamedUser/{SVC}.GetLicensesNamedUser(robotType='Attended')",
            f"/odata/Folders/{SVC}.GetAllRolesForUser(username='admin',skip=0,take=30)",
            "/odata/RobotLogs?%24filter=TimeStamp%20ge%202024-01-01T00%3A00%3A00.000Z%20and%20TimeStamp%20lt%20"
            "2030-01-01T00%3A00%3A00.000Z%20and%20WindowsIdentity%20eq%20'a%5Cb'%20and%20Level%20eq%20'Info'",
            "/odata/AuditLogs?%24filter=ExecutionTime%20ge%202024-01-01T00%3A00%3A00.000Z%20and%20Action%20eq%20'Create'"
            "%20and%20Component%20eq%20'Assets'%20and%20MethodName%20eq%20'x'",
            "/odata/Assets?%24expand=RobotValues",
        )
    ],
    ("uipath-orchestrator-mcp", f"/odata/Jobs?%24filter=State+eq+{SVC}.JobState%27Running%27"),
    ("uipath-orchestrator-mcp", "/odata/Jobs?%24filter=CreationTime+ge+datetime%272024-01-01T00%3A00%3A00%27"),
    ("uipath-orchestrator-mcp", "/odata/Jobs?%24filter=Key+eq+guid%273f2504e0-4f89-11d3-9a0c-0305e82c3301%27"),
    ("UiPath.PowerShell", "/odata/Robots?$filter=Name eq 'invoice-robot'&$top=1"),
    ("uipathcli", "/odata/Folders?%24filter=DisplayName+eq+%27Shared%27&%24select=Id"),
    ("Power Automate", "//odata//QueueDefinitions?$orderby=Name"),
    ("letter case of .NET", "/ODATA/JOBS?$TOP=1"),
    ("hand-written", "/odata/Jobs?&$top=5&$filter=&"),
    ("hand-written", "/odata/Jobs?$filter=CreationTime gt 2024-01-01T00:00:00.1234567Z and EndTime eq null"),
    ("hand-written", "/odata/Releases?$filter=substringof('Invoice',Name) eq true"),
    ("hand-written", "/odata/QueueItems?$filter=Status eq '0'&$orderby=Priority asc, Id desc"),
]


class TestReading:
    @pytest.mark.parametrize("path", UIPATH_ORCH)
    def test_the_powershell_provider_is_answered_below_the_tenant(self, door: Door, path: str) -> None:
        answer = door.send("GET", door.tenant_path + path, SHARED)
        assert answer.statuses == [200], answer.received

    @pytest.mark.parametrize(("client", "path"), ELSEWHERE)
    def test_a_list_is_answered_however_it_is_asked_for(self, door: Door, client: str, path: str) -> None:
        answer = door.send("GET", f"{door.tenant_path}/orchestrator_{path}", SHARED)
        assert answer.statuses == [200], (client, answer.received)

    def test_an_option_without_its_dollar_is_obeyed(self, door: Door) -> None:
        target = f"{door.tenant_path}/orchestrator_/odata/Assets?top=1&orderby=Name desc&select=Name&filter=Id gt 0"
        names = door.send("GET", target, {**SHARED, "Accept-Encoding": "identity"}).received
        assert names.count(b'"Name"') == 1

    def test_a_page_says_that_it_goes_on_and_how_many_there_are(self, embedded: Door) -> None:
        """Several clients page by ``@odata.count``, which the vendor gives unasked but for jobs and queue items."""
        counted = embedded.send("GET", f"{embedded.tenant_path}/odata/Assets?$top=1", SHARED).json
        assert (counted["@odata.count"] > 1, len(counted["value"])) == (True, 1)


class TestHeaders:
    @pytest.mark.parametrize(
        ("client", "headers"),
        [
            ("Java", {"x-uipath-organizationunitid": "1"}),
            ("Cognigy", {"X-UIPATH-OrganizationUnitId": " 1 ", "Content-Type": "application/json"}),
            ("requests", {"accept": "application/json", "contentType": "application/json", **SHARED}),
            (
                "script in Python",
                {"X-UIPATH-Localization": "en", "X-UIPATH-Orchestrator": "true", "Accept-Language": "ru-RU", **SHARED},
            ),
            ("cpmf-uipath-extensions", {"x-uipath-folderkey": "{key}"}),
            ("RPA script", {"X-UIPATH-FolderPath": "Shared"}),
            ("lower case", {"X-UIPATH-FolderPath": "shared"}),
            ("uipath-typescript", {"X-UIPATH-FolderPath-Encoded": "UwBoAGEAcgBlAGQA", "X-UIPATH-FolderKey": "{key}"}),
            ("uipath-orchestrator", {"authorization": "bearer {access_key}", **SHARED}),
            ("axios", {"Accept": "application/json, text/plain, */*", **SHARED}),
            (".NET", {"Accept": "application/json;odata.metadata=minimal", "OData-MaxVersion": "4.0", **SHARED}),
            (".NET", {"Expect": "100-continue", **SHARED}),
            ("old browser", {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", **SHARED}),
        ],
    )
    def test_a_folder_is_found_by_each_way_of_naming_it(
        self, door: Door, administrator: Administrator, client: str, headers: dict[str, str]
    ) -> None:
        key = administrator.orchestrator.get("/odata/Folders(1)").json()["Key"]
        given = {name: value.format(key=key, access_key=door.access_key) for name, value in headers.items()}
        if "authorization" in given:
            given["Authorization"] = given.pop("authorization")
        answer = door.send("GET", f"{door.tenant_path}/odata/Jobs?$top=1", given)
        assert answer.statuses[-1] == 200, (client, answer.received)

    @pytest.mark.parametrize("tenant_name", ["{tenant}", "{TENANT}", ""])
    def test_a_tenant_s_name_beside_its_path_does_no_harm(self, door: Door, tenant_name: str) -> None:
        tenant = door.tenant_path.rpartition("/")[2]
        written = tenant_name.format(tenant=tenant, TENANT=tenant.upper())
        answer = door.send("GET", f"{door.tenant_path}/odata/Jobs", {**SHARED, "X-UIPATH-TenantName": written})
        assert answer.statuses == [200], answer.received

    def test_an_empty_folder_header_names_none(self, door: Door) -> None:
        """A script in Python sends it so; a server that needs the folder says so and does not fall over."""
        answer = door.send("GET", f"{door.tenant_path}/odata/Jobs", {"X-UIPATH-OrganizationUnitId": ""})
        assert (answer.statuses, answer.json["errorCode"]) in [([400], 1101), ([200], None)]


@dataclass(frozen=True)
class Start:
    """How somebody starts a job; ``KEY`` stands for the release's key."""

    client: str
    info: dict[str, Any]
    wrapper: str = "startInfo"
    headers: dict[str, str] = field(default_factory=dict)
    path: str = f"/odata/Jobs/{SVC}.StartJobs"


STARTS = [
    Start("Botpress", {"ReleaseKey": "KEY", "Strategy": "All", "RobotIds": [], "NoOfRobots": 0}),
    Start("Cognigy", {"ReleaseKey": "KEY", "Strategy": "Specific", "RobotIds": ["1"], "InputArguments": '{"a":1}'}),
    Start(
        "chat bot", {"ReleaseKey": "KEY", "Strategy": "Specific", "RobotIds": [1], "NoOfRobots": 0, "Source": "Manual"}
    ),
    Start("n8n", {"ReleaseKey": "KEY", "Strategy": "RobotCount", "NoOfRobots": 1}),
    Start(
        "Dataiku",
        {"ReleaseKey": "KEY", "RobotIds": [], "JobsCount": 1, "JobPriority": "Normal", "Strategy": "JobsCount"},
    ),
    Start(
        "curl in PHP",
        {
            "ReleaseKey": "KEY",
            "Strategy": "ModernJobsCount",
            "RuntimeType": "Development",
            "RobotIds": [],
            "JobsCount": 1,
        },
        headers={"User-Agent": "telnet"},
    ),
    Start("React app", {"ReleaseKey": "KEY", "Strategy": "ModernJobsCount", "JobsCount": 1, "InputArguments": ""}),
    Start("aiohttp script", {"ReleaseKey": "KEY", "Strategy": "ModernJobsCount", "JobsCount": 1, "FolderId": 1}),
    Start("httpx script", {"ReleaseName": "InvoiceBot", "JobsCount": 1, "RuntimeType": "Serverless"}),
    Start("RPA script", {"ReleaseKey": "KEY", "RobotIds": [1], "MachineSessionIds": [1], "RuntimeType": "Unattended"}),
    Start("letter case of Java", {"releaseKey": "KEY", "strategy": "modernjobscount"}, wrapper="StartInfo"),
    Start("upper-case key", {"ReleaseKey": "KEY.upper", "Strategy": "ModernJobsCount", "JobsCount": "1"}),
    Start("trailing brackets", {"ReleaseKey": "KEY"}, path=f"/odata/Jobs/{SVC}.StartJobs()"),
    Start("lower-case path", {"ReleaseKey": "KEY"}, path="/odata/jobs/uipath.server.configuration.odata.startjobs"),
    *(
        Start(client, {"ReleaseKey": "KEY"}, headers={"Content-Type": content_type})
        for client, content_type in [
            ("Power Automate", "application/json;odata.metadata=minimal;odata.streaming=true"),
            ("RestSharp", "application/json; charset=utf-8"),
            ("OData of SAP", "application/json;IEEE754Compatible=true"),
            ("Swagger of 2019", "text/json"),
        ]
    ),
]


class TestWriting:
    @pytest.mark.parametrize("start", STARTS, ids=lambda start: start.client)
    def test_a_job_is_started_however_it_is_asked_for(self, door: Door, release: dict[str, Any], start: Start) -> None:
        info = {
            name: {"KEY": release["Key"], "KEY.upper": release["Key"].upper()}.get(str(value), value)
            for name, value in start.info.items()
        }
        answer = door.send("POST", door.tenant_path + start.path, SHARED | start.headers, {start.wrapper: info})
        assert answer.statuses == [201], answer.received

    def test_a_job_is_started_by_a_python_dictionary_without_a_content_type(
        self, door: Door, release: dict[str, Any]
    ) -> None:
        """The vendor's own Python library wrote its bodies so until 2.1."""
        body = str({"startInfo": {"ReleaseKey": release["Key"]}})
        answer = door.send("POST", f"{door.tenant_path}/orchestrator_/odata/Jobs/{SVC}.StartJobs", SHARED, body)
        assert answer.statuses == [201], answer.received

    @pytest.mark.parametrize(
        ("client", "path", "item"),
        [
            ("chat bot in Python 2", "AddQueueItem()", {"Priority": "Normal", "SpecificContent": {"requestID": 1}}),
            (
                "script in Node",
                "AddQueueItem?queueName=Other",
                {"SpecificContent": {"a@odata.type": "#String", "a": "b"}},
            ),
            (
                "Workato",
                "AddQueueItem",
                {"Priority": "low", "DeferDate": "2030-01-01", "DueDate": "2030-01-02T00:00:00"},
            ),
            (
                "Power Automate",
                "AddQueueItem",
                {"Priority": None, "DeferDate": None, "RiskSlaDate": None, "Reference": "", "Progress": None},
            ),
            ("letter case", "addqueueitem", {"priority": "HIGH", "specificContent": {"n": {"deep": [1]}}}),
        ],
    )
    def test_a_queue_item_is_added_however_it_is_written(
        self, door: Door, client: str, path: str, item: dict[str, Any]
    ) -> None:
        body = {"itemData": {"Name": "Invoices", **item}}
        answer = door.send("POST", f"{door.tenant_path}/odata/Queues/UiPathODataSvc.{path}", SHARED, body)
        assert answer.statuses == [201], (client, answer.received)

    @pytest.mark.parametrize(("strategy", "state"), [("1", "Stopping"), ("2", "Terminating"), ("KILL", "Terminating")])
    def test_a_job_is_stopped_by_the_vendor_s_numbers(
        self, door: Door, release: dict[str, Any], strategy: str, state: str
    ) -> None:
        """UiPathOrch writes 1 for a soft stop and 2 to kill."""
        started = door.send(
            "POST",
            f"{door.tenant_path}/odata/Jobs/{SVC}.StartJobs",
            SHARED,
            {"startInfo": {"ReleaseKey": release["Key"]}},
        )
        job_id = started.json["value"][0]["Id"]
        body = {"strategy": strategy, "jobIds": [job_id]}
        stopped = door.send("POST", f"{door.tenant_path}/odata/Jobs/{SVC}.StopJobs", SHARED, body)
        assert stopped.statuses[0] in {200, 204}, stopped.received
        shown = door.send("GET", f"{door.tenant_path}/odata/Jobs({job_id})", SHARED).json
        assert (shown["State"], shown["StopStrategy"]) in [
            (state, "SoftStop" if strategy == "1" else "Kill"),
            ("Stopped", "SoftStop" if strategy == "1" else "Kill"),
        ]

    def test_a_queue_is_made_changed_and_read_as_the_powershell_provider_does(self, door: Door) -> None:
        sets = f"{door.tenant_path}/odata/QueueDefinitions"
        name = f"Made by the provider, {door.name}"
        made = door.send(
            "POST",
            f"{sets}/{SVC}.CreateQueue",
            SHARED,
            {"Name": name, "RetentionAction": "Delete", "RetentionPeriod": 30},
        )
        assert made.statuses == [201], made.received
        change = {**made.json, "Description": "changed"}
        changed = door.send("POST", f"{sets}/{SVC}.EditQueue", SHARED, change)
        assert changed.statuses == [200], changed.received
        shown = door.send("GET", f"{sets}/{SVC}.GetQueue(id={made.json['Id']})", SHARED).json
        assert (shown["Name"], shown["Description"]) == (name, "changed")
        nowhere = door.send("POST", f"{sets}/{SVC}.EditQueue", SHARED, {"Id": 999999, "Name": "x"})
        assert (nowhere.statuses, nowhere.json["errorCode"]) == ([404], 1002)
        nameless = door.send("POST", f"{sets}/{SVC}.EditQueue", SHARED, {"Name": "x"})
        assert (nameless.statuses, nameless.json["errorCode"]) == ([400], 1000)

    def test_a_process_is_made_from_what_the_package_says_of_itself(self, door: Door) -> None:
        """UiPathOrch and scripts in Python take ``Id`` for the package's name and ``Key`` for name and version."""
        listed = door.send("GET", f"{door.tenant_path}/odata/Processes?$filter=Id eq 'InvoiceBot'", SHARED).json
        [package] = listed["value"]
        assert (package["Id"], package["Key"]) == ("InvoiceBot", "InvoiceBot:1.0.0")
        entry = door.send(
            "GET", f"{door.tenant_path}/odata/Processes/{SVC}.GetPackageMainEntryPoint(key='{package['Key']}')", SHARED
        ).json
        order = {
            "Name": f"Of the provider, {door.name}",
            "ProcessKey": package["Id"],
            "ProcessVersion": package["Version"],
            "EntryPointId": entry["Id"],
        }
        made = door.send("POST", f"{door.tenant_path}/odata/Releases/{SVC}.CreateRelease", SHARED, order)
        assert made.statuses == [201], made.received
        path = f"{door.tenant_path}/odata/Releases({made.json['Id']})"
        assert door.send("GET", f"{path}/{SVC}.GetRelease", SHARED).json["Name"] == order["Name"]
        assert door.send("DELETE", path, SHARED).statuses == [204]

    @pytest.mark.parametrize(
        ("client", "part"),
        [
            ("curl -F", 'name="file"; filename="{name}"'),
            ("uipath codedapp", 'name="uploads[]"; filename="{name}"'),
            ("Invoke-RestMethod", "name={stem}; filename={name}; filename*=utf-8''{name}"),
            ("requests-toolbelt", 'name="{stem}"; filename="{name}"'),
        ],
    )
    def test_a_package_is_uploaded_by_each_form(self, embedded: Door, client: str, part: str) -> None:
        """A field without a file before it, as a script in PowerShell sends it, is overlooked."""
        boundary, stem = "----UiPathOrchBoundary", "".join(filter(str.isalnum, client))
        fields = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="token"\r\n\r\n\r\n'
            f"--{boundary}\r\nContent-Disposition: form-data; {part.format(name=f'{stem}.1.0.0.nupkg', stem=stem)}\r\n"
            "Content-Type: multipart/form-data\r\n\r\n"
        )
        body = fields.encode() + studio_package(stem) + f"\r\n--{boundary}--\r\n".encode()
        answer = embedded.send(
            "POST",
            f"{embedded.tenant_path}/odata/Processes/{SVC}.UploadPackage()?feedId=",
            {"Content-Type": f'multipart/form-data; boundary="{boundary}"'},
            body,
        )
        assert answer.statuses == [200], (client, answer.received)
        assert json.loads(answer.json["value"][0]["Body"]) == {"Id": stem, "Version": "1.0.0"}
