"""A change of the master key that is killed in the middle of a transaction loses nothing, on every store."""

import signal
import subprocess
import sys
import textwrap

import pytest
from tests.factories.sealed_world import FIRST, SECOND, SealedWorld

from stagedoor.kit.db import Database

CHILD = textwrap.dedent(
    """
    import sys, threading
    from stagedoor.admin.sealing import store
    from stagedoor.kit.db import Database
    from tests.factories.sealed_world import SECOND, SealedWorld

    url, where = sys.argv[1:]

    def stand_still_after(name):
        carry_out = getattr(store, name)

        def stand_still(*args, **kwargs):
            carry_out(*args, **kwargs)
            print("standing still", flush=True)
            threading.Event().wait()

        setattr(store, name, stand_still)

    change = SealedWorld(Database(url)).rewrap()
    stand_still_after(where)
    change.announce(SECOND)
    change.switch()
    list(change.seal_again())
    change.forget()
    """
)


@pytest.mark.parametrize("where", ["add_key", "set_carried", "set_state", "put_in_place", "forget_keys"])
def test_whatever_it_was_doing_either_key_opens_everything_and_the_next_run_finishes(
    database: Database, where: str
) -> None:
    world = SealedWorld(database)
    world.fill(world.process())
    before = world.open_all(world.process())
    url = database.url.render_as_string(hide_password=False)
    child = subprocess.Popen([sys.executable, "-c", CHILD, url, where], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    seen = child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    _, wrong = child.communicate(timeout=10)
    assert seen == b"standing still\n", wrong.decode()
    # Its transaction is undone as if it had never begun; what it had committed before is there.
    has_begun = where not in ("add_key", "set_carried")
    assert world.open_all(world.process(FIRST)) == before
    if has_begun:
        assert world.open_all(world.process(SECOND)) == before
    change = world.rewrap()
    unfinished = change.find_unfinished()
    assert (unfinished is not None) == has_begun
    change.announce(SECOND)
    change.switch()
    list(change.seal_again())
    assert change.forget() == frozenset()
    assert world.open_all(world.process(SECOND)) == before
    assert set(world.values_by_key()) == {SECOND.id}
