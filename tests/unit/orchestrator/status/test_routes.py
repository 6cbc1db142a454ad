"""What needs no credential, and what a first run asks."""

from tests.factories.orchestrator import Desk


def test_the_orchestrator_serves(desk: Desk) -> None:
    assert (desk.call("Status_Get").status, desk.call("Status_Get").content) == (200, None)


def test_the_version_makes_the_vendors_command_line_ask_for_cloud_scopes(desk: Desk) -> None:
    content = desk.call("Status_GetVersion").content
    assert content["deployment"] != "ServiceFabric"
    assert content["version"]


def test_a_first_run_of_the_vendors_command_line_finds_nothing_to_do(desk: Desk) -> None:
    assert desk.call("StudioWeb_TryEnableFirstRun").status == 200
    assert desk.call("StudioWeb_AcquireLicense").status == 200
