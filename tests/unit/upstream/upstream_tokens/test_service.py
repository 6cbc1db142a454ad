"""When tokens are renewed, what is kept meanwhile, and who is left alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories.store import empty_database
from tests.factories.upstreams import ORGANIZATION_ID, START, TENANT_ID, VAULT, UpstreamWorld

from stagedoor.identity.organizations.directory import OrganizationDirectory
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.errors import ConnectionUnknown
from stagedoor.upstream.connections.schemas import ConnectionKind
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.schemas import UpstreamTokenState
from stagedoor.upstream.upstream_tokens.service import YOUNG, UpstreamTokens


@pytest.fixture
def world(tmp_path: Path) -> Iterator[UpstreamWorld]:
    database = empty_database(tmp_path)
    yield UpstreamWorld(database)
    database.close()


def state_of(world: UpstreamWorld, tokens: UpstreamTokens, connection_id: str) -> UpstreamTokenState:
    with world.database.read() as session:
        state = tokens.find_state(session, connection_id)
    assert state is not None
    return state


class TestAheadOfTime:
    def test_a_new_connection_is_signed_in_to_before_anybody_calls(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        tokens = world.tokens()
        assert tokens.find_current(connection_id) is None
        assert tokens.renew_due() == 1
        assert tokens.find_current(connection_id) == Secret("T1")

    def test_the_time_to_renew_differs_and_lies_between_75_and_90_per_cent(self, world: UpstreamWorld) -> None:
        ids = [world.connect(ConnectionKind.APP, f"c{number}") for number in range(12)]
        tokens = world.tokens()
        assert tokens.renew_due() == 12
        times = {state_of(world, tokens, connection_id).renew_at for connection_id in ids}
        assert len(times) > 6
        for moment in times:
            assert moment is not None
            assert START + timedelta(minutes=45) <= moment <= START + timedelta(minutes=54)

    def test_what_is_not_due_is_left_alone(self, world: UpstreamWorld) -> None:
        world.connect()
        tokens = world.tokens()
        tokens.renew_due()
        world.clock.advance(timedelta(minutes=44))
        assert tokens.renew_due() == 0
        world.clock.advance(timedelta(minutes=10))
        assert tokens.renew_due() == 1
        assert world.issuer.sent == ["R0", "R1"]

    def test_a_personal_access_token_never_comes_due(self, world: UpstreamWorld) -> None:
        connection_id = world.connect(ConnectionKind.PAT)
        world.issuer.lifetime = None
        tokens = world.tokens()
        tokens.renew_due()
        world.clock.advance(timedelta(days=365))
        assert tokens.renew_due() == 0
        assert tokens.current(connection_id) == Secret("T1")

    def test_one_connection_that_fails_keeps_no_other_from_its_token(self, world: UpstreamWorld) -> None:
        world.connect(name="a")
        world.connect(name="b")
        failures = iter([UpstreamSignInFailed(Diagnosis.TIMED_OUT), None])

        def fail_first() -> None:
            world.issuer.failure = next(failures)

        world.issuer.before_answer = fail_first
        assert world.tokens().renew_due() == 1


class TestFailure:
    def test_a_token_that_still_holds_is_kept_while_renewing_fails(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        tokens = world.tokens()
        tokens.renew(connection_id)
        world.clock.advance(timedelta(minutes=55))
        world.issuer.failure = UpstreamSignInFailed(Diagnosis.UPSTREAM_FAILING)
        assert tokens.renew_due() == 0
        assert tokens.current(connection_id) == Secret("T1")
        assert tokens.renew(connection_id) == Secret("T1")
        state = state_of(world, tokens, connection_id)
        assert (state.last_error, state.failures, state.has_token) == ("upstream_failing", 1, True)

    def test_a_token_that_has_expired_is_handed_to_nobody_who_asks_for_a_good_one(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        tokens = world.tokens()
        tokens.renew(connection_id)
        world.clock.advance(timedelta(minutes=61))
        world.issuer.failure = UpstreamSignInFailed(Diagnosis.UPSTREAM_FAILING)
        with pytest.raises(UpstreamSignInFailed):
            tokens.current(connection_id)

    def test_after_failures_the_pauses_grow_and_a_success_ends_them(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        tokens = world.tokens()
        world.issuer.failure = UpstreamSignInFailed(Diagnosis.UPSTREAM_FAILING)
        pauses = []
        for _ in range(12):
            with pytest.raises(UpstreamSignInFailed):
                tokens.renew(connection_id)
            not_before = state_of(world, tokens, connection_id).not_before
            assert not_before is not None
            pauses.append(not_before - world.clock.now())
            world.clock.advance(pauses[-1])
        assert pauses[0] <= timedelta(seconds=1.25)
        assert timedelta(minutes=3) < pauses[-1] <= timedelta(minutes=6.25)
        world.issuer.failure = None
        tokens.renew(connection_id)
        state = state_of(world, tokens, connection_id)
        assert (state.failures, state.last_error, state.not_before) == (0, None, None)

    def test_a_lasting_failure_waits_at_least_three_quarters_of_a_minute(self, world: UpstreamWorld) -> None:
        world.connect()
        tokens = world.tokens()
        world.issuer.failure = UpstreamSignInFailed(Diagnosis.INVALID_CLIENT)
        assert tokens.renew_due() == 0
        world.clock.advance(timedelta(seconds=44))
        assert tokens.renew_due() == 0
        assert world.issuer.sent == ["R0"]

    def test_people_who_try_a_connection_out_do_not_wait_for_the_pause(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        tokens = world.tokens()
        world.issuer.failure = UpstreamSignInFailed(Diagnosis.INVALID_CLIENT)
        tokens.renew_due()
        world.issuer.failure = None
        assert tokens.renew(connection_id, at_once=True) == Secret("T2")

    def test_a_fault_in_the_asking_gives_the_lease_back(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        world.issuer.failure = RuntimeError("broken")
        with pytest.raises(RuntimeError):
            world.tokens().renew(connection_id)
        world.issuer.failure = None
        assert world.tokens().renew(connection_id) == Secret("T2")


class TestRefused:
    def test_a_young_token_that_is_refused_is_not_renewed_again_and_again(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        tokens = world.tokens()
        token = tokens.renew(connection_id)
        assert tokens.renew(connection_id, token) == token
        world.clock.advance(YOUNG)
        assert tokens.renew(connection_id, token) == Secret("T2")

    def test_a_token_that_lives_for_seconds_has_aged_in_its_second_half(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        world.issuer.lifetime = timedelta(seconds=3)
        tokens = world.tokens()
        token = tokens.renew(connection_id)
        world.clock.advance(timedelta(seconds=1))
        assert tokens.renew(connection_id, token) == token
        world.clock.advance(timedelta(seconds=1))
        assert tokens.renew(connection_id, token) == Secret("T2")

    def test_a_token_is_known_to_have_ended(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        tokens = world.tokens()
        assert not tokens.has_ended(connection_id)
        tokens.renew(connection_id)
        assert not tokens.has_ended(connection_id)
        world.clock.advance(timedelta(hours=1))
        assert tokens.has_ended(connection_id)

    def test_a_token_that_was_renewed_since_is_given_without_asking(self, world: UpstreamWorld) -> None:
        connection_id = world.connect()
        tokens = world.tokens()
        tokens.renew(connection_id)
        assert tokens.renew(connection_id, Secret("an older one")) == Secret("T1")
        assert world.issuer.sent == ["R0"]


def test_signing_in_again_forgets_the_tokens_of_the_old_secret(world: UpstreamWorld) -> None:
    connection_id = world.connect()
    tokens = world.tokens()
    tokens.renew(connection_id)
    with world.database.write() as session:
        tokens.sign_in_again(session, connection_id, Secret("N0"))
    assert tokens.renew(connection_id, at_once=True) == Secret("T2")
    assert world.issuer.sent == ["R0", "N0"]


def test_a_connection_that_is_gone_has_no_token(world: UpstreamWorld) -> None:
    with pytest.raises(ConnectionUnknown):
        world.tokens().renew("nobody")


def test_a_mapped_tenant_has_the_address_and_the_token_of_its_connection(world: UpstreamWorld) -> None:
    connection_id = world.connect()
    with world.database.write() as session:
        connection = world.connections.get_connection(session, ORGANIZATION_ID, "prod")
        assert world.connections.map_tenant(session, TENANT_ID, connection)
    world.tokens().renew(connection_id)
    directory = OrganizationDirectory(world.database, VAULT)
    directory.load()
    entry = directory.find_tenant_by_id(TENANT_ID)
    assert entry is not None
    assert entry.place.remote_base_url == "https://orch.example/acme/prod/orchestrator_"
    assert entry.place.upstream_token == Secret("T1")
    assert entry.place.connection_id == connection_id
