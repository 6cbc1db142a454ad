"""Hold upstream tokens and renew them: ahead of time, by one at a time, across threads, processes and machines."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from stagedoor.kit.chance import Chance, random_guid
from stagedoor.kit.changes import Change, ChangeFeed, record_change
from stagedoor.kit.clock import Clock, stopwatch
from stagedoor.kit.crypto import Vault
from stagedoor.kit.db import Database
from stagedoor.kit.errors import StagedoorError, StoreUnavailable
from stagedoor.kit.logs import get_logger
from stagedoor.kit.secret import Secret
from stagedoor.upstream.connections.errors import ConnectionUnknown
from stagedoor.upstream.connections.schemas import SignIn
from stagedoor.upstream.connections.service import Connections
from stagedoor.upstream.upstream_tokens import store
from stagedoor.upstream.upstream_tokens.errors import Diagnosis, UpstreamSignInFailed
from stagedoor.upstream.upstream_tokens.lease import LEASE, kept_lease
from stagedoor.upstream.upstream_tokens.models import UpstreamToken
from stagedoor.upstream.upstream_tokens.places import (
    access_token_context,
    open_access_token,
    refresh_token_context,
)
from stagedoor.upstream.upstream_tokens.schemas import Granted, UpstreamTokenState

YOUNG = timedelta(seconds=10)
"""A refusal of a token younger than this, and in the first half of its life, is not due to its age, and another one
would be refused as well."""
WAIT_SECONDS_MAX = 25.0
LOOK_AGAIN_SECONDS = 0.1
STORE_ATTEMPTS = 5
BACKOFF_PASSING = (timedelta(seconds=1), timedelta(minutes=5))
BACKOFF_LASTING = (timedelta(minutes=1), timedelta(hours=1))

TokenSource = Callable[[SignIn], Granted]
"""What asks a token endpoint; raises :class:`UpstreamSignInFailed`."""

_log = get_logger("stagedoor.upstream")


@dataclass(frozen=True, slots=True)
class _Held:
    token: Secret
    expires_at: datetime | None
    renew_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at

    def is_due(self, now: datetime) -> bool:
        return self.renew_at is not None and now >= self.renew_at


@dataclass(frozen=True, slots=True)
class _Lease:
    """The right to renew: the version that fences the write, what to send, and what is good meanwhile."""

    version: int
    failures: int
    sign_in: SignIn
    meanwhile: Secret | None


class UpstreamTokens:
    """The token of every connection. Thread safe; whatever may block says so.

    ``follow`` the feed, let it ``start_from_now``, then ``load``. A token is stored, and with it a rotated refresh
    token, before anybody is handed it.
    """

    def __init__(
        self,
        *,
        database: Database,
        connections: Connections,
        vault: Vault,
        clock: Clock,
        chance: Chance,
        source: TokenSource,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._connections = connections
        self._vault = vault
        self._clock = clock
        self._chance = chance
        self._source = source
        self._sleep = sleep
        self._owner = random_guid(chance)
        self._held: dict[str, _Held] = {}
        self._unstored: dict[str, tuple[int, Granted]] = {}
        self._told: dict[str, Granted] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def follow(self, feed: ChangeFeed) -> None:
        """Keep the copy in memory fresh from now on."""
        feed.subscribe(("connection",), self._reread)

    def load(self) -> None:
        """Read every token into memory."""
        with self._database.read() as session:
            for row in store.all_tokens(session):
                self._hold(row)

    def find_current(self, connection_id: str) -> Secret | None:
        """Return the token that is in memory, whether it has expired or not; never blocks."""
        held = self._held.get(connection_id)
        return held.token if held else None

    def find_told(self, connection_id: str) -> Granted | None:
        """Return what the token endpoint last told this process, without the refresh token; ``None`` before that."""
        return self._told.get(connection_id)

    def has_ended(self, connection_id: str) -> bool:
        """Tell whether the token in memory is past its time; never blocks."""
        held = self._held.get(connection_id)
        return held is not None and not held.is_valid(self._clock.now())

    def current(self, connection_id: str) -> Secret:
        """Return a token that has not expired; blocks to sign in where there is none.

        Raises :class:`UpstreamSignInFailed` and :class:`~stagedoor.upstream.connections.errors.ConnectionUnknown`.
        """
        held = self._held.get(connection_id)
        if held is not None and held.is_valid(self._clock.now()):
            return held.token
        return self.renew(connection_id)

    def renew(self, connection_id: str, because_of: Secret | None = None, *, at_once: bool = False) -> Secret:
        """Return a token other than ``because_of``, which the upstream refused; blocks.

        Whoever comes while another renews, here or elsewhere, waits and is given that one's token. Without
        ``because_of`` a token that is not due yet is returned as it is. The same token comes back where it is younger
        than :data:`YOUNG`: then its age is not what the upstream refused. After a failure nobody asks again for a
        while, unless ``at_once``, which is for people who try out a connection.

        Raises :class:`UpstreamSignInFailed` and :class:`~stagedoor.upstream.connections.errors.ConnectionUnknown`.
        """
        held = self._held.get(connection_id)
        is_other = held is not None and because_of is not None and held.token != because_of
        if held is not None and is_other and held.is_valid(self._clock.now()):
            return held.token
        deadline = stopwatch() + WAIT_SECONDS_MAX
        with self._turn(connection_id, WAIT_SECONDS_MAX):
            while stopwatch() < deadline:
                token = self._try_to_renew(connection_id, because_of, at_once=at_once)
                if token is not None:
                    return token
                self._sleep(LOOK_AGAIN_SECONDS)
        raise UpstreamSignInFailed(Diagnosis.BUSY, connection_id=connection_id)

    def renew_due(self) -> int:
        """Renew what is due, waiting for nobody who is at it already, and return how many tokens there are new.

        Blocks while the upstreams answer. A failure is logged and kept with the connection, never raised.
        """
        with self._database.read() as session:
            due = store.due_connection_ids(session, self._clock.now())
        renewed = 0
        for connection_id in due:
            before = self.find_current(connection_id)
            try:
                with self._turn(connection_id, 0):
                    token = self._try_to_renew(connection_id, None, at_once=False)
                renewed += token is not None and token != before
            except UpstreamSignInFailed as failure:
                if failure.diagnosis is not Diagnosis.BUSY:
                    _log.warning("upstream_sign_in_failed", connection_id=connection_id, diagnosis=failure.diagnosis)
            except StagedoorError as failure:
                _log.warning("upstream_token_not_renewed", connection_id=connection_id, internal=failure.internal)
        return renewed

    def find_state(self, session: Session, connection_id: str) -> UpstreamTokenState | None:
        """Return how a connection's token stands; ``None`` before the first sign-in was tried."""
        row = store.find_token(session, connection_id)
        if row is None:
            return None
        return UpstreamTokenState(
            has_token=row.sealed_access_token is not None,
            expires_at=row.expires_at,
            renew_at=row.renew_at,
            last_renewed_at=row.last_renewed_at,
            last_error=row.last_error,
            failures=row.failures,
            not_before=row.not_before,
        )

    def sign_in_again(self, session: Session, connection_id: str, secret: Secret) -> None:
        """Keep a new secret for a connection and forget its tokens, those of the old secret.

        Raises :class:`~stagedoor.upstream.connections.errors.ConnectionUnknown` and
        :class:`~stagedoor.upstream.connections.errors.ConnectionRefused`.
        """
        self._connections.set_secret(session, connection_id, secret)
        store.remove(session, connection_id)

    def _try_to_renew(self, connection_id: str, because_of: Secret | None, *, at_once: bool) -> Secret | None:
        # None: another process holds the lease, or took it from us; look again.
        taken = self._take(connection_id, because_of, at_once=at_once)
        if taken is None or isinstance(taken, Secret):
            return taken
        return self._carry_out(connection_id, taken)

    def _take(self, connection_id: str, because_of: Secret | None, *, at_once: bool) -> Secret | _Lease | None:
        now = self._clock.now()
        with self._database.write() as session:
            store.make_room(session, connection_id)
            row = store.find_token(session, connection_id)
            if row is None:
                raise ConnectionUnknown
            self._hold(row)
            held = self._held.get(connection_id)
            meanwhile = held.token if held and held.is_valid(now) and held.token != because_of else None
            if held is not None and not at_once and self._is_answer(row, held, because_of, now):
                return held.token
            if row.not_before is not None and now < row.not_before and not at_once:
                if meanwhile is not None:
                    return meanwhile
                raise UpstreamSignInFailed(Diagnosis(row.last_error or Diagnosis.BUSY), connection_id=connection_id)
            if not store.take_lease(session, connection_id, owner=self._owner, now=now, until=now + LEASE):
                return None
            sign_in = self._connections.get_sign_in(session, connection_id)
            if row.sealed_refresh_token is not None:
                context = refresh_token_context(connection_id)
                sign_in = replace(sign_in, secret=self._vault.unseal(row.sealed_refresh_token, context=context))
            return _Lease(row.version + 1, row.failures, sign_in, meanwhile)

    def _is_answer(self, row: UpstreamToken, held: _Held, because_of: Secret | None, now: datetime) -> bool:
        if not held.is_valid(now):
            return False
        if because_of is None:
            return not held.is_due(now)
        if held.token != because_of:
            return True
        if row.last_renewed_at is None:
            return False
        # Where tokens live for seconds, one in its second half has aged.
        lifetime = YOUNG * 2 if held.expires_at is None else held.expires_at - row.last_renewed_at
        return now - row.last_renewed_at < min(YOUNG, lifetime / 2)

    def _carry_out(self, connection_id: str, lease: _Lease) -> Secret | None:
        try:
            with kept_lease(self._database, self._clock, connection_id, lease.version):
                granted = self._granted(connection_id, lease)
                is_written = self._write(connection_id, lease, granted)
        except UpstreamSignInFailed as failure:
            self._note_failure(connection_id, lease, failure)
            if lease.meanwhile is not None:
                return lease.meanwhile
            raise
        except BaseException:
            self._give_back(connection_id, lease)
            raise
        if not is_written:
            _log.warning("upstream_lease_lost", connection_id=connection_id)
            return None
        return granted.access_token

    def _granted(self, connection_id: str, lease: _Lease) -> Granted:
        # What came while the store was away is stored now, unless somebody else had the lease in between.
        version, kept = self._unstored.pop(connection_id, (0, None))
        if kept is not None and version + 1 == lease.version:
            return kept
        try:
            granted = self._source(lease.sign_in)
        except UpstreamSignInFailed as failure:
            raise UpstreamSignInFailed(
                failure.diagnosis, connection_id=connection_id, upstream_error=failure.upstream_error
            ) from failure
        self._told[connection_id] = replace(granted, refresh_token=None)
        return granted

    def _write(self, connection_id: str, lease: _Lease, granted: Granted) -> bool:
        for attempt in range(1, STORE_ATTEMPTS + 1):
            try:
                return self._write_once(connection_id, lease, granted)
            except StoreUnavailable:
                if attempt == STORE_ATTEMPTS:
                    # The old refresh token may be spent: the new one is kept for the next attempt of this process.
                    self._unstored[connection_id] = (lease.version, granted)
                    raise
                self._sleep(LOOK_AGAIN_SECONDS)
        raise AssertionError("the last attempt returns or raises")

    def _write_once(self, connection_id: str, lease: _Lease, granted: Granted) -> bool:
        now = self._clock.now()
        values: dict[str, object] = {
            "sealed_access_token": self._seal(granted.access_token, access_token_context(connection_id)),
            "expires_at": None,
            "renew_at": None,
        }
        if granted.refresh_token is not None:
            values["sealed_refresh_token"] = self._seal(granted.refresh_token, refresh_token_context(connection_id))
        if granted.lifetime is not None:
            values["expires_at"] = now + granted.lifetime
            # Not all at one moment: between 75 and 90 per cent of the token's life.
            values["renew_at"] = now + granted.lifetime * (0.75 + 0.15 * self._fraction())
        with self._database.write() as session:
            is_written = store.write_fenced(
                session,
                connection_id,
                version=lease.version,
                lease_owner=None,
                lease_until=None,
                failures=0,
                not_before=None,
                last_error=None,
                last_renewed_at=now,
                **values,
            )
            if is_written:
                self._tell(session, connection_id)
                row = store.find_token(session, connection_id)
        if is_written and row is not None:
            self._hold(row)
        return is_written

    def _note_failure(self, connection_id: str, lease: _Lease, failure: UpstreamSignInFailed) -> None:
        first, longest = BACKOFF_LASTING if failure.diagnosis.is_lasting else BACKOFF_PASSING
        pause = min(first * 2 ** min(lease.failures, 16), longest) * (0.75 + 0.5 * self._fraction())
        with self._database.write() as session:
            store.write_fenced(
                session,
                connection_id,
                version=lease.version,
                lease_owner=None,
                lease_until=None,
                failures=lease.failures + 1,
                not_before=self._clock.now() + pause,
                last_error=failure.diagnosis.value,
            )

    def _give_back(self, connection_id: str, lease: _Lease) -> None:
        try:
            with self._database.write() as session:
                store.write_fenced(session, connection_id, version=lease.version, lease_owner=None, lease_until=None)
        except StoreUnavailable as failure:
            _log.warning("lease_left_to_run_out", connection_id=connection_id, internal=failure.internal)

    def _tell(self, session: Session, connection_id: str) -> None:
        record_change(session, "connection", connection_id)
        for tenant_id in self._connections.list_tenant_ids(session, connection_id):
            record_change(session, "tenant", tenant_id)

    def _reread(self, changes: tuple[Change, ...]) -> None:
        with self._database.read() as session:
            for change in changes:
                row = store.find_token(session, change.ref)
                if row is None:
                    self._held.pop(change.ref, None)
                    self._told.pop(change.ref, None)
                else:
                    self._hold(row)

    def _hold(self, row: UpstreamToken) -> None:
        token = open_access_token(self._vault, row.connection_id, row.sealed_access_token)
        if token is None:
            self._held.pop(row.connection_id, None)
        else:
            self._held[row.connection_id] = _Held(token, row.expires_at, row.renew_at)

    def _seal(self, secret: Secret, context: str) -> str:
        return self._vault.seal(secret, context=context, chance=self._chance)

    def _fraction(self) -> float:
        return int.from_bytes(self._chance.random_bytes(2)) / 0xFFFF

    @contextmanager
    def _turn(self, connection_id: str, seconds_max: float) -> Iterator[None]:
        with self._guard:
            turn = self._turns.setdefault(connection_id, threading.Lock())
        if not turn.acquire(timeout=seconds_max) if seconds_max else not turn.acquire(blocking=False):
            raise UpstreamSignInFailed(Diagnosis.BUSY, connection_id=connection_id)
        try:
            yield
        finally:
            turn.release()
