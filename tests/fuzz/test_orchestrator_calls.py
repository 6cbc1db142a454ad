"""Whatever strangers send to any operation that is built, the answer is an answer or a refusal, never an accident."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.orchestrator import TENANT, Desk, desk_in

from stagedoor.catalog import CATALOG
from stagedoor.kit.errors import StagedoorError
from stagedoor.orchestrator.app import ROOMS, join_routes
from stagedoor.orchestrator.errors import InvalidRequest
from stagedoor.orchestrator.json_body import read_json_body
from stagedoor.orchestrator.seed import seed_tenant
from stagedoor.passage import FolderPlace

OPERATIONS = sorted(join_routes(ROOMS))

FIELD_NAMES = [
    "AddedMachineIds",
    "Arguments",
    "assignments",
    "associations",
    "AutoUpdate",
    "CredentialType",
    "CredentialUsername",
    "Description",
    "DisplayName",
    "enabled",
    "ExecutionSettings",
    "FolderId",
    "FolderIds",
    "HostingType",
    "Id",
    "InheritEnabled",
    "InputArguments",
    "itemData",
    "JobPriority",
    "jobId",
    "jobIds",
    "jobKey",
    "JobsCount",
    "key",
    "Keys",
    "MachineId",
    "machineIds",
    "MachineName",
    "maintenanceMode",
    "MaxNumberOfRetries",
    "Name",
    "packageVersion",
    "ParentId",
    "ParentKey",
    "Password",
    "Priority",
    "ProcessKey",
    "ProcessVersion",
    "queueName",
    "Reference",
    "releaseIds",
    "releaseKey",
    "releaseKeys",
    "ReleaseName",
    "RemovedMachineIds",
    "robotIds",
    "sessionId",
    "sessionIds",
    "SettingNames",
    "settings",
    "SlaInMinutes",
    "SpecificContent",
    "SpecificPriorityValue",
    "startInfo",
    "Status",
    "strategy",
    "StringValue",
    "Tags",
    "transactionData",
    "transactionResult",
    "Type",
    "UnattendedSlots",
    "Username",
    "Value",
    "ValueScope",
    "ValueType",
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.sampled_from([0, 1, 2, -1, 2**31, 2**63 - 1])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(["", "Shared", "InvoiceBot", "Invoices", "1.0.0", "Unattended", "Text", "\x00", "a/b", "%", "{}"])
    | st.uuids().map(str)
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELD_NAMES), inner, max_size=6),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from(FIELD_NAMES), values, max_size=12) | values
path_values = st.sampled_from(["1", "2", "InvoiceBot", "InvoiceBot:1.0.0", "-1", "9223372036854775808", "", "x" * 300])
queries = st.dictionaries(
    st.sampled_from(
        ["$filter", "$top", "$skip", "$expand", "$select", "key", "skip", "take", "searchtext", "folderid"]
    ),
    st.sampled_from(["", "1", "-1", "Name eq 'a'", "Robot", "Id", "%", "9" * 30]) | st.text(max_size=10),
    max_size=3,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = desk_in(tmp_path_factory.mktemp("orchestrator"))
    with desk.write() as session:
        seed_tenant(session, TENANT.tenant_id, clock=desk.clock, chance=desk.chance)
    yield desk
    desk.database.close()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(operation=st.sampled_from(OPERATIONS), body=bodies, path_value=path_values, query=queries)
def test_any_call_is_answered_or_refused(
    desk: Desk, operation: str, body: Any, path_value: str, query: dict[str, str]
) -> None:
    names = re.findall(r"{(\w+)}", CATALOG.get_operation(operation).template)
    folders = desk.call("Folders_Get").content["value"]
    folder = None
    if folders:
        key = folders[0]["Key"]
        folder = FolderPlace(id=folders[0]["Id"], key=key, path=folders[0]["FullyQualifiedName"], lineage=(key,))
    try:
        answer = desk.call(operation, body, folder=folder, query=query, **dict.fromkeys(names, path_value))
    except StagedoorError as refusal:
        status = refusal.status
    else:
        status = answer.status
        assert isinstance(answer.content, bytes) or orjson.dumps(answer.content)
    assert status in (200, 201, 202, 204, 207, 501) or 400 <= status < 500


@given(st.binary(max_size=400) | st.text('[]{}",:1 ', max_size=400).map(str.encode))
def test_any_bytes_are_a_body_or_a_refusal(body: bytes) -> None:
    with suppress(InvalidRequest):
        read_json_body(body, "application/json")
