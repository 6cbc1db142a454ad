"""What the door judged is what the server behind it reads, whatever the bytes: from a list of known attacks."""

import pytest
from tests.factories.raw_http import exchange, provoke
from tests.factories.smuggling import attacks_with
from tests.flows.smuggling.conftest import Pair

ATTACKS = sorted(attacks_with(b""))


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_makes_the_server_read_what_was_not_judged(pair: Pair, attack: str) -> None:
    provoke(pair.base_url, attacks_with(pair.head)[attack])
    pair.greet(str(ATTACKS.index(attack)))
    received = pair.verify_agreement()
    assert not [request for request in received if b"other" in request.target.encode()]


def test_the_list_is_long_and_its_measure_can_fail(pair: Pair) -> None:
    assert len(ATTACKS) > 150
    httpx_like = b"GET /odata/Users HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert exchange(pair.recorder.base_url, httpx_like).statuses == [200]
    with pytest.raises(AssertionError, match="/odata/Users"):
        pair.verify_agreement()
