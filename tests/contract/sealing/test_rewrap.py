"""The master key changes while the store is in use, and nothing is lost: on every store that Stagedoor runs on."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from tests.factories.patience import eventually
from tests.factories.sealed_world import FIRST, SECOND, THIRD, SealedWorld

from stagedoor.admin.sealing import rewrap as rewrap_module
from stagedoor.admin.sealing import store
from stagedoor.admin.sealing.errors import MasterKeyWrong, RewrapRefused, SealedWithForgottenKey
from stagedoor.admin.sealing.rewrap import Rewrap
from stagedoor.admin.sealing.sealed_columns import SEALED_COLUMNS, SealedColumn
from stagedoor.admin.sealing.service import read_state
from stagedoor.kit.changes import ChangeFeed
from stagedoor.kit.crypto import MasterKey, SealBroken, SealingKeyUnknown, Vault
from stagedoor.kit.db import Database
from stagedoor.kit.secret import Secret
from stagedoor.orchestrator.assets.models import Asset
from stagedoor.upstream.connections.models import Connection
from stagedoor.upstream.connections.schemas import ConnectionDraft, ConnectionKind
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.upstream_tokens.models import UpstreamToken

STEPS = ("announce", "switch", "one batch", "seal again", "forget")
COLUMNS = [pytest.param(column, id=column.name) for column in SEALED_COLUMNS]


@pytest.fixture
def world(database: Database) -> SealedWorld:
    world = SealedWorld(database)
    world.fill(world.process())
    return world


def go(change: Rewrap, new: MasterKey = SECOND, *, until: str = "forget") -> None:
    """Take the steps of a change up to one of them."""
    for step in STEPS[: STEPS.index(until) + 1]:
        match step:
            case "announce":
                change.announce(new)
            case "switch":
                change.switch()
            case "one batch":
                batches = change.seal_again()
                next(batches)
                next(batches, None)
            case "seal again":
                assert [*change.seal_again()][-1].broken == []
            case "forget":
                assert change.forget() == frozenset()


def connection_of(world: SealedWorld) -> str:
    with world.database.read() as session:
        return str(session.scalar(select(Connection.id)))


class TestWhole:
    def test_every_column_holds_something(self, world: SealedWorld) -> None:
        assert {name for name, values in world.open_all(world.process()).items() if not values} == set()
        assert set(world.values_by_key()) == {FIRST.id}

    def test_everything_is_sealed_with_the_new_key_and_opens(self, world: SealedWorld) -> None:
        before = world.open_all(world.process())
        hashed = world.process().vault.keyed_hash("value")
        go(world.rewrap())
        with_new = world.process(SECOND)
        assert world.open_all(with_new) == before
        assert with_new.vault.keyed_hash("value") == hashed
        assert world.values_by_key() == {SECOND.id: sum(len(values) for values in before.values())}

    def test_the_former_key_opens_nothing_any_more(self, world: SealedWorld) -> None:
        go(world.rewrap())
        with pytest.raises(MasterKeyWrong, match=f"is {FIRST.id}.*sealed with {SECOND.id}"):
            world.process(FIRST)
        former = Vault(FIRST)
        with world.database.read() as session:
            for column in SEALED_COLUMNS:
                for named, sealed in session.execute(select(column.named_by, column.value)):
                    if sealed is not None:
                        with pytest.raises(SealBroken):
                            former.unseal(sealed, context=column.context_of(named))
            assert [key.sealed_key for key in store.all_keys(session)] == [None]

    def test_one_key_follows_another_again_and_again(self, world: SealedWorld) -> None:
        before = world.open_all(world.process())
        go(world.rewrap())
        go(world.rewrap(SECOND), THIRD)
        go(world.rewrap(THIRD), FIRST)
        assert world.open_all(world.process(FIRST)) == before

    def test_a_batch_is_small_and_tells_how_far_it_is(
        self, world: SealedWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with world.database.write() as session:
            for number in range(25):
                context = f"asset:many-{number}"
                sealed = FIRST.seal(Secret(f"secret {number}"), context=context, chance=world.chance)
                session.add(
                    Asset(
                        tenant_id="t",
                        key=f"many-{number}",
                        name=f"Many {number}",
                        value_scope=1,
                        value_type=8,
                        has_default_value=True,
                        key_value_list=[],
                        tags=[],
                        sealed_secret=sealed,
                        created_at=world.clock.now(),
                        creator_user_number=1,
                    )
                )
        monkeypatch.setattr(rewrap_module, "BATCH", 10)
        change = world.rewrap()
        go(change, until="switch")
        told = [(progress.done, progress.total) for progress in change.seal_again()]
        assert told[0] == (0, told[-1][0])
        assert max(after - before for (before, _), (after, _) in pairwise(told)) == 10
        assert change.forget() == frozenset()


class TestInterrupted:
    @pytest.mark.parametrize("until", STEPS[:-1])
    @pytest.mark.parametrize("goes_on_with", [FIRST, SECOND])
    def test_stopped_anywhere_either_key_opens_everything_and_the_next_run_finishes(
        self, world: SealedWorld, until: str, goes_on_with: MasterKey
    ) -> None:
        before = world.open_all(world.process())
        go(world.rewrap(), until=until)
        for key in (FIRST, SECOND):
            assert world.open_all(world.process(key)) == before
        change = world.rewrap(goes_on_with)
        unfinished = change.find_unfinished()
        assert unfinished is not None
        assert unfinished.id == SECOND.id
        go(change, unfinished)
        assert change.find_unfinished() is None
        assert world.open_all(world.process(SECOND)) == before
        assert set(world.values_by_key()) == {SECOND.id}

    @pytest.mark.parametrize("until", STEPS[:-1])
    def test_another_key_has_to_wait_until_the_change_is_finished(self, world: SealedWorld, until: str) -> None:
        go(world.rewrap(), until=until)
        with pytest.raises(RewrapRefused, match=f"to {SECOND.id} has begun"):
            world.rewrap().announce(THIRD)
        with pytest.raises(RewrapRefused, match="has begun") if until == "announce" else pytest.raises(RewrapRefused):
            world.rewrap().announce(FIRST)

    def test_the_key_that_seals_is_no_new_key(self, world: SealedWorld) -> None:
        with pytest.raises(RewrapRefused, match="seals already"):
            world.rewrap().announce(FIRST)
        assert not read_state(world.database).is_changing

    def test_two_that_change_the_key_at_once_do_it_together(self, world: SealedWorld) -> None:
        before = world.open_all(world.process())
        changes = [world.rewrap() for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            # Whoever comes when all is done is told so, which is as good.
            ended = [pool.submit(go, change) for change in changes]
            failures = [one.exception() for one in ended]
        assert all(failure is None or isinstance(failure, RewrapRefused) for failure in failures), failures
        assert world.open_all(world.process(SECOND)) == before
        assert not read_state(world.database).is_changing

    def test_nothing_is_forgotten_while_something_needs_it(self, world: SealedWorld) -> None:
        change = world.rewrap()
        go(change, until="one batch")
        assert change.forget() == {FIRST.id}
        go(change, until="forget")


class TestMeanwhile:
    def test_processes_hear_of_a_key_before_anything_is_sealed_with_it(self, world: SealedWorld) -> None:
        others = [world.process(), world.process()]
        feeds = [ChangeFeed(world.database) for _ in others]
        for keys, feed in zip(others, feeds, strict=True):
            keys.follow(feed)
            feed.start_from_now()
        change = world.rewrap()
        change.announce(SECOND)
        for feed in feeds:
            feed.catch_up()
        assert [(keys.vault.key_id, set(keys.vault.ring.known)) for keys in others] == [
            (FIRST.id, {FIRST.id, SECOND.id})
        ] * 2
        assert set(world.values_by_key()) == {FIRST.id, SECOND.id}
        assert world.values_by_key()[SECOND.id] == 0
        change.switch()
        for feed in feeds:
            feed.catch_up()
        assert [keys.vault.key_id for keys in others] == [SECOND.id] * 2
        go(change)
        for feed in feeds:
            feed.catch_up()
        assert [set(keys.vault.ring.known) for keys in others] == [{SECOND.id}] * 2

    def test_a_process_that_heard_of_nothing_opens_what_the_new_key_sealed(self, world: SealedWorld) -> None:
        deaf = world.process()
        before = world.open_all(deaf)
        go(world.rewrap(), until="seal again")
        assert world.open_all(deaf) == before
        assert deaf.vault.key_id == SECOND.id

    def test_a_value_that_somebody_else_writes_meanwhile_is_theirs(
        self, world: SealedWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        connection_id = connection_of(world)
        other = world.process()
        change = world.rewrap()
        go(change, until="switch")
        put_in_place = store.put_in_place
        written: list[int] = []

        def outrun(session: Session, column: SealedColumn, changes: list[tuple[store.SealedValue, str]]) -> int:
            if column.name != "upstream_tokens.sealed_refresh_token" or written:
                return put_in_place(session, column, changes)
            # As if another transaction had come between reading and writing, which PostgreSQL allows.
            fresh = other.vault.seal(
                Secret("rotated meanwhile"), context=f"upstream-refresh-token:{connection_id}", chance=world.chance
            )
            session.execute(update(UpstreamToken).values(sealed_refresh_token=fresh))
            written.append(put_in_place(session, column, changes))
            return written[0]

        monkeypatch.setattr(store, "put_in_place", outrun)
        go(change)
        assert written == [0]
        assert world.open_all(world.process(SECOND))["upstream_tokens.sealed_refresh_token"] == {"rotated meanwhile"}

    def test_a_late_process_that_goes_on_sealing_with_the_former_key_is_waited_for(self, world: SealedWorld) -> None:
        late = world.process()
        connection_id = connection_of(world)
        change = world.rewrap()
        go(change, until="seal again")
        world.tokens(late, "late").renew(connection_id, Secret("granted"))
        late_vault_knows = set(late.vault.ring.known)
        assert SECOND.id in late_vault_knows, "it read a value of the new key, and so learned of it"
        with world.database.write() as session:
            sealed = FIRST.seal(Secret("later"), context=f"connection:{connection_id}", chance=world.chance)
            session.execute(update(Connection).values(sealed_secret=sealed))
        assert change.forget() == {FIRST.id}
        go(change)
        assert world.open_all(world.process(SECOND))["connections.sealed_secret"] == {"later"}


class TestFence:
    @pytest.mark.parametrize("column", COLUMNS)
    def test_what_a_forgotten_key_sealed_is_never_stored(self, world: SealedWorld, column: SealedColumn) -> None:
        late = world.process()
        go(world.rewrap())
        with world.database.read() as session:
            found = session.execute(
                select(column.row_id, column.named_by, column.value).where(column.value.is_not(None))
            )
            row_id, named, before = found.one()
        assert late.vault.key_id == FIRST.id
        sealed = late.vault.seal(Secret("lost"), context=column.context_of(named), chance=world.chance)
        with pytest.raises(SealedWithForgottenKey), world.database.write() as session:
            session.execute(update(column.table).where(column.row_id == row_id).values({column.value: sealed}))
        with world.database.read() as session:
            assert session.scalar(select(column.value).where(column.row_id == row_id)) == before

    def test_services_that_missed_the_change_store_nothing_whichever_way_they_write(self, world: SealedWorld) -> None:
        late = world.process()
        connection_id = connection_of(world)
        connections = Connections(late.vault, world.clock, world.chance)
        tokens = world.tokens(late)
        go(world.rewrap())
        with world.database.read() as session:
            organization_id = session.scalars(select(Connection.organization_id)).one()
        draft = ConnectionDraft(
            organization_id=organization_id,
            name="another",
            kind=ConnectionKind.PAT,
            base_url="https://orch.example",
            secret=Secret("lost"),
        )
        with pytest.raises(SealedWithForgottenKey), world.database.write() as session:
            connections.create(session, draft)
        with pytest.raises(SealedWithForgottenKey), world.database.write() as session:
            connections.set_secret(session, connection_id, Secret("lost"))
        with pytest.raises(SealingKeyUnknown):
            tokens.renew(connection_id, Secret("granted"))
        assert world.open_all(world.process(SECOND))["connections.sealed_secret"] == {"the first refresh token"}

    def test_a_key_is_not_forgotten_while_a_transaction_stores_what_it_sealed(self, world: SealedWorld) -> None:
        connection_id = connection_of(world)
        change = world.rewrap()
        go(change, until="seal again")
        sealed = FIRST.seal(Secret("in time"), context=f"connection:{connection_id}", chance=world.chance)
        with ThreadPoolExecutor(1) as pool:
            with world.database.write() as session:
                session.execute(update(Connection).values(sealed_secret=sealed))
                forgetting = pool.submit(change.forget)
                eventually(lambda: forgetting.running(), bool)
                # On PostgreSQL it waits for the row, on SQLite for its turn to write; it cannot be through.
                assert not forgetting.done()
            assert forgetting.result(10) == {FIRST.id}
        go(change)
        assert world.open_all(world.process(SECOND))["connections.sealed_secret"] == {"in time"}

    def test_text_that_looks_like_something_sealed_is_no_matter(self, world: SealedWorld) -> None:
        with world.database.write() as session:
            session.execute(update(Asset).values(text_value="v1.deadbeef.AAAA"))


class TestBroken:
    def test_a_value_that_does_not_open_is_named_and_left_and_keeps_its_key(self, world: SealedWorld) -> None:
        with world.database.write() as session:
            moved = FIRST.seal(Secret("moved"), context="asset:another", chance=world.chance)
            session.execute(update(Asset).values(sealed_secret=moved))
        change = world.rewrap()
        go(change, until="switch")
        *_, last = change.seal_again()
        assert [value.column for value in last.broken] == ["assets.sealed_secret"]
        assert change.forget() == {FIRST.id}

    def test_a_value_of_a_key_that_nobody_knows_keeps_nobody(self, world: SealedWorld) -> None:
        other = MasterKey(b"o" * 32)
        with world.database.write() as session:
            # As it would be after rows of another store were put into this one.
            sealed = other.seal(Secret("moved"), context="asset:asset-key", chance=world.chance)
            session.connection().exec_driver_sql(f"UPDATE assets SET sealed_secret = '{sealed}'")
        assert world.values_by_key()[other.id] == 1
        change = world.rewrap()
        go(change, until="switch")
        *_, last = change.seal_again()
        assert [value.column for value in last.broken] == ["assets.sealed_secret"]
        assert change.forget() == frozenset()
