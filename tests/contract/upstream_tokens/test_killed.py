"""A process that is killed while it renews loses no session: the next one goes on with what was stored last."""

import signal
import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
from tests.factories.upstreams import UpstreamWorld

from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.upstream.upstream_tokens.lease import LEASE

CHILD = textwrap.dedent(
    """
    import sys, threading
    from tests.factories.upstreams import VAULT, START, Issuer
    from stagedoor.kit.chance import SystemChance
    from stagedoor.kit.clock import HeldClock
    from stagedoor.kit.db import Database
    from stagedoor.upstream.connections.service import Connections
    from stagedoor.upstream.upstream_tokens.service import UpstreamTokens

    url, connection_id, where = sys.argv[1:]

    def stand_still(*_):
        print("standing still", flush=True)
        threading.Event().wait()

    clock, issuer = HeldClock(START), Issuer()
    tokens = UpstreamTokens(
        database=Database(url), connections=Connections(VAULT, clock, SystemChance()), vault=VAULT, clock=clock,
        chance=SystemChance(), source=issuer,
    )
    if where == "before the answer":
        issuer.before_answer = stand_still
    if where == "before storing":
        tokens._write_once = stand_still
    tokens.renew(connection_id)
    stand_still()
    """
)


@pytest.fixture
def world(database: Database) -> UpstreamWorld:
    return UpstreamWorld(database)


def kill_while_renewing(world: UpstreamWorld, connection_id: str, where: str) -> None:
    url = world.database.url.render_as_string(hide_password=False)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, url, connection_id, where], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    seen = child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    _, wrong = child.communicate(timeout=10)
    assert seen == b"standing still\n", wrong.decode()


@pytest.mark.parametrize(
    ("where", "sent_next"), [("before the answer", "R0"), ("before storing", "R0"), ("after storing", "R1")]
)
def test_the_next_process_goes_on_with_the_refresh_token_that_was_stored_last(
    world: UpstreamWorld, where: str, sent_next: str
) -> None:
    connection_id = world.connect()
    kill_while_renewing(world, connection_id, where)
    world.clock.advance(LEASE + timedelta(seconds=1))
    survivor = world.tokens()
    stored = survivor.find_current(connection_id)
    assert stored == (Secret("T1") if where == "after storing" else None)
    survivor.renew(connection_id, stored)
    assert world.issuer.sent == [sent_next]
