"""``$metadata`` and the service document, made from the declarations."""

from xml.etree import ElementTree

from tests.factories.workshop import JOBS, ROBOTS

from stagedoor.orchestrator.odata.metadata import NAMESPACE, metadata_document, service_document

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


def schema() -> ElementTree.Element:
    found = ElementTree.fromstring(metadata_document([JOBS, ROBOTS])).find(f".//{EDM}Schema")
    assert found is not None
    return found


def named(kind: str, name: str) -> ElementTree.Element:
    found = schema().find(f".//{EDM}{kind}[@Name='{name}']")
    assert found is not None
    return found


def test_the_service_document_lists_the_sets_by_name() -> None:
    assert service_document("http://door", [ROBOTS, JOBS]) == {
        "@odata.context": "http://door/odata/$metadata",
        "value": [
            {"name": "Jobs", "kind": "EntitySet", "url": "Jobs"},
            {"name": "Robots", "kind": "EntitySet", "url": "Robots"},
        ],
    }


def test_every_type_that_is_led_to_is_described_once() -> None:
    assert schema().get("Namespace") == NAMESPACE
    assert [(each.tag.removeprefix(EDM), each.get("Name")) for each in schema()] == [
        ("EntityType", "JobDto"),
        ("EntityType", "MachineDto"),
        ("EntityType", "RobotDto"),
        ("EntityType", "TagDto"),
        ("ComplexType", "JobDetails"),
        ("ComplexType", "JobInnerSettings"),
        ("ComplexType", "JobMark"),
        ("ComplexType", "JobSettings"),
        ("EnumType", "JobState"),
        ("EnumType", "RobotType"),
        ("EntityContainer", "Default"),
    ]


def test_an_entity_has_its_key_properties_and_navigations() -> None:
    job = named("EntityType", "JobDto")
    assert [each.get("Name") for each in job.iterfind(f"{EDM}Key/{EDM}PropertyRef")] == ["Id"]
    properties = {each.get("Name"): each for each in job.iterfind(f"{EDM}Property")}
    assert properties["Id"].attrib == {"Name": "Id", "Type": "Edm.Int64", "Nullable": "false"}
    assert properties["Name"].attrib == {"Name": "Name", "Type": "Edm.String"}
    assert properties["State"].get("Type") == f"{NAMESPACE}.JobState"
    assert properties["Details"].get("Type") == f"{NAMESPACE}.JobDetails"
    assert properties["Labels"].get("Type") == "Collection(Edm.String)"
    assert {each.get("Name"): each.get("Type") for each in job.iterfind(f"{EDM}NavigationProperty")} == {
        "Robot": f"{NAMESPACE}.RobotDto",
        "Tags": f"Collection({NAMESPACE}.TagDto)",
        "SeenRobot": f"{NAMESPACE}.RobotDto",
    }


def test_a_property_that_callers_cannot_write_says_so() -> None:
    job = named("EntityType", "JobDto")
    computed = [each.get("Name") for each in job.iterfind(f"{EDM}Property") if len(each)]
    assert computed == ["RobotLabel", "ForgeLabel"]


def test_a_list_of_words_has_its_numbers() -> None:
    members = named("EnumType", "JobState")
    assert [(each.get("Name"), each.get("Value")) for each in members] == [
        ("Pending", "0"),
        ("Running", "1"),
        ("Faulted", "4"),
        ("Successful", "5"),
    ]


def test_a_set_leads_to_the_sets_of_its_navigations() -> None:
    jobs = named("EntitySet", "Jobs")
    assert jobs.get("EntityType") == f"{NAMESPACE}.JobDto"
    assert [(each.get("Path"), each.get("Target")) for each in jobs] == [("Robot", "Robots"), ("SeenRobot", "Robots")]


def test_the_document_is_the_same_every_time() -> None:
    assert metadata_document([JOBS, ROBOTS]) == metadata_document([ROBOTS, JOBS])
