"""A client that nobody here wrote makes itself from our ``$metadata`` and works with it: odatapy, over the wire."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from uuid import UUID, uuid4

import httpx2
import pytest
from odatapy.client.client import EdmEnabledODataClient
from odatapy.client.filters import Field
from odatapy.client.responses import ClientResponse, ODataClientError
from tests.factories.administrator import Administrator
from tests.factories.served import Served


class Wire:
    """odatapy's transport over our HTTP client, with a key and a folder."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._client = httpx2.Client(headers=headers)

    def send(self, method: str, url: str, headers: dict[str, str], body: bytes) -> ClientResponse:
        answer = self._client.request(method, url, headers=headers, content=body)
        return ClientResponse(answer.status_code, dict(answer.headers), answer.content)

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def client(house: Served, administrator: Administrator) -> Iterator[EdmEnabledODataClient]:
    key = administrator.make_key(f"odatapy {uuid4()}", ["all"])
    folder = administrator.orchestrator.get("/odata/Folders").json()["value"][0]["Id"]
    wire = Wire({"Authorization": f"Bearer {key}", "X-UIPATH-OrganizationUnitId": str(folder)})
    yield EdmEnabledODataClient(f"{house.orchestrator_url}/odata", wire)
    wire.close()


def test_every_set_of_the_service_document_has_a_type(client: EdmEnabledODataClient) -> None:
    names = set(client.get_service_document().entity_sets)
    assert len(names) > 40
    for name in names:
        assert client.entity_set_type(name) is not None, name


def test_lists_are_read_by_their_types(client: EdmEnabledODataClient) -> None:
    read = set()
    for name in client.get_service_document().entity_sets:
        # A set that cannot be listed by its name alone is refused; all else is read.
        with suppress(ODataClientError):
            client.get_entity_set(client.entity_set_uri(name).top(5))
            read.add(name)
    assert {"Jobs", "Assets", "Buckets", "Folders", "Machines", "QueueDefinitions", "Releases", "Users"} <= read
    assert len(read) > 30, read


def test_values_arrive_as_what_the_metadata_says(client: EdmEnabledODataClient) -> None:
    [release, *_] = client.get_entity_set(client.entity_set_uri("Releases"))
    assert isinstance(release.get_value("Id"), int)
    assert isinstance(release.get_value("Key"), UUID)
    assert isinstance(release.get_value("CreationTime"), datetime)


def test_a_thing_is_made_found_changed_and_deleted(client: EdmEnabledODataClient) -> None:
    name = f"Of odatapy's {uuid4()}"
    made = client.create_entity("Buckets", {"Name": name, "Identifier": str(uuid4())})
    condition = Field("Name").eq(name) & Field("Name").startswith("Of o") & ~Field("Id").in_([-1, -2])
    uri = client.entity_set_uri("Buckets").filter(condition).orderby("Name desc").select("Id", "Name").count()
    found = client.get_entity_set(uri)
    assert [each.get_value("Name") for each in found] == [name]
    assert found.count == 1
    address = client.entity_uri("Buckets", made.get_value("Id"))
    changed = {"Id": made.get_value("Id"), "Name": f"{name}!", "Identifier": str(made.get_value("Identifier"))}
    client.update_entity(address, changed, method="PUT")
    assert client.get_entity(address).get_value("Name") == f"{name}!"
    client.delete_entity(address)
    with pytest.raises(ODataClientError) as gone:
        client.get_entity(address)
    assert gone.value.status_code == 404


def test_what_it_expands_is_read_by_its_type(client: EdmEnabledODataClient) -> None:
    [release, *_] = client.get_entity_set(client.entity_set_uri("Releases").expand("CurrentVersion"))
    link = release.get_navigation_link("CurrentVersion")
    assert link is not None
    assert link.inline_entity is not None
    assert isinstance(link.inline_entity.get_value("Id"), int)
