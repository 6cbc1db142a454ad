import socket

import pytest
from tests.factories.orchestrator import Desk

from stagedoor.orchestrator.errors import InvalidRequest


def test_something_that_listens_can_be_connected_to(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        there = desk.call("Status_VerifyHostAvailibility", query={"url": url}).content
    assert there == {"canConnect": True, "hasBadSsl": False, "connectionError": None}
    gone = desk.call("Status_VerifyHostAvailibility", query={"url": url}).content
    assert gone == {"canConnect": False, "hasBadSsl": False, "connectionError": "No connection could be made."}


@pytest.mark.parametrize("url", ["", "ftp://a.test/", "no url", "http://user@a.test/"])
def test_what_is_no_web_address_is_refused(desk: Desk, url: str) -> None:
    with pytest.raises(InvalidRequest):
        desk.call("Status_VerifyHostAvailibility", query={"url": url})
