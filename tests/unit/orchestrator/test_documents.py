"""The documents that describe the service name what is really there."""

from xml.etree import ElementTree

from tests.factories.orchestrator import Desk

from stagedoor.catalog import CATALOG
from stagedoor.orchestrator.documents import ENTITY_SETS


def test_the_service_document_lists_the_sets(desk: Desk) -> None:
    content = desk.call("ServiceDocument_Get").content
    assert content["@odata.context"].endswith("/odata/$metadata")
    names = [entry["name"] for entry in content["value"]]
    assert names == sorted(entity_set.name for entity_set in ENTITY_SETS)
    assert {"Folders", "Jobs", "Releases"} <= set(names)


def test_every_set_can_be_read(desk: Desk) -> None:
    for entity_set in ENTITY_SETS:
        assert f"{entity_set.name}_Get" in desk.orchestrator.built_operations
        assert CATALOG.get_operation(f"{entity_set.name}_Get").template == f"/odata/{entity_set.name}"


def test_the_metadata_is_xml_that_names_them_too(desk: Desk) -> None:
    answer = desk.call("Metadata_Get")
    assert answer.headers["Content-Type"] == "application/xml"
    document = ElementTree.fromstring(answer.content)
    named = {element.get("Name") for element in document.iter() if element.tag.endswith("EntitySet")}
    assert named == {entity_set.name for entity_set in ENTITY_SETS}
