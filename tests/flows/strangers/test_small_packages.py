"""Two small Python packages that somebody published, unmodified: ``uipath-tools`` 0.51 and ``rby-uipath`` 0.0.1."""

import json
import time
from typing import Any

import pytest
from rby_uipath.OAuth2 import OAuth2
from rby_uipath.QueueDefinitions import QueueDefinitions
from rby_uipath.QueueItems import QueueItems
from tests.factories.administrator import Administrator
from tests.factories.patience import eventually
from tests.factories.served import Served
from uipath_tools.uipathorchestratorapi import UiPathConnection

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module", params=["", "/acme/dev", "/acme/dev/orchestrator_"])
def connection(request: pytest.FixtureRequest, house: Served) -> Any:
    legacy = json.loads((house.data_dir / "first-start.json").read_text())["legacy"]
    return UiPathConnection(house.base_url + request.param, house.tenant, legacy["username"], legacy["password"])


@pytest.fixture(scope="module")
def signed_in(house: Served, administrator: Administrator) -> Any:
    application = administrator.make_application("rby", is_confidential=True, application_scopes=["OR.Queues"])
    return OAuth2(house.base_url, application["id"], application["secret"], "OR.Queues")


class TestUipathTools:
    """It logs in as in 2019, prints Python dictionaries as its JSON, names no folder and reads errors' messages."""

    def test_a_job_is_started_by_the_name_of_its_process_and_killed(self, connection: Any) -> None:
        assert connection.start_job(connection.get_release_key("InvoiceBot"), '{"InvoiceNumber": "it\'s 7"}')
        eventually(lambda: self._runs(connection), bool)
        connection.stop_job("InvoiceBot")

    def test_an_empty_queue_answers_204_which_it_takes_for_success(
        self, connection: Any, administrator: Administrator, house: Served
    ) -> None:
        name = f"Tools {time.monotonic_ns()}"
        administrator.create("QueueDefinitions", {"Name": name}, folder=house.folder)
        connection.start_transaction(name)

    def test_a_refusal_s_message_reaches_the_script(self, connection: Any) -> None:
        with pytest.raises(ValueError, match=r"Server Error: 403\.  You are not authorized!"):
            connection.create_machine("of a script", "made by it's author")

    @staticmethod
    def _runs(connection: Any) -> bool:
        try:
            return bool(connection._get_running_job_id("InvoiceBot"))
        except IndexError:
            return False


class TestRbyUipath:
    """It has an external application of a standalone Orchestrator, whose identity is below the same host."""

    def test_a_queue_is_made_once_and_filled(self, signed_in: Any) -> None:
        definitions, items = QueueDefinitions(signed_in, "1"), QueueItems(signed_in, "1")
        made = definitions.createNewQueueDefinition("Of rby", "made by rby-uipath", 2, auto_retry=True)
        assert definitions.createNewQueueDefinition("Of rby", "", 1)["Id"] == made["Id"]
        item_id = items.addQueueItem("Of rby", "ref", {"customer": "Ünal"}, priority="Low")
        shown = items.getQueueItem(item_id)
        assert (shown["Reference"], shown["Priority"], shown["SpecificContent"]) == ("ref", "Low", {"customer": "Ünal"})

    def test_a_refused_sign_in_says_which_error_it_is(self, house: Served) -> None:
        with pytest.raises(ValueError, match=r"Server Error: 40\d\.  invalid_client"):
            OAuth2(house.base_url, "nobody", "nothing", "OR.Queues")
